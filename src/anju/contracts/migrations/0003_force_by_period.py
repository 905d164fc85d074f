"""Force by period: an early end keeps a contract in force until its day; filings follow filings."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from anju.core.operations import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_place_and_history"),
        ("reference", "0003_published_years"),
        ("registry", "0004_search_covering"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EndWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="days before the end")),
                ("ends_on", models.DateField(verbose_name="last day of the term")),
                ("warned_at", models.DateTimeField(verbose_name="warned")),
            ],
            options={
                "verbose_name": "warning before an end",
                "verbose_name_plural": "warnings before an end",
            },
        ),
        migrations.RemoveConstraint(
            model_name="outoftownfiling",
            name="contracts_one_open_filing",
        ),
        migrations.RemoveConstraint(
            model_name="outoftownfiling",
            name="contracts_filing_numbered",
        ),
        migrations.RemoveConstraint(
            model_name="servicecontract",
            name="contracts_one_in_force_per_area",
        ),
        migrations.RemoveConstraint(
            model_name="servicecontract",
            name="contracts_filed_with_number",
        ),
        migrations.RemoveConstraint(
            model_name="servicecontract",
            name="contracts_ended_with_day",
        ),
        migrations.AddField(
            model_name="contractfee",
            name="created_at",
            field=models.DateTimeField(
                auto_now_add=True,
                default=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outoftownfiling",
            name="ended_on",
            field=models.DateField(null=True, verbose_name="last day in force"),
        ),
        migrations.AddField(
            model_name="outoftownfiling",
            name="renews",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="contracts.outoftownfiling",
                verbose_name="renews",
            ),
        ),
        migrations.AlterField(
            model_name="outoftownfiling",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "Waiting for filing"),
                    ("returned", "Returned"),
                    ("filed", "Filed"),
                    ("expired", "Expired"),
                    ("lapsed", "Lapsed"),
                ],
                default="submitted",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="servicecontract",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Waiting for filing"),
                    ("returned", "Returned"),
                    ("filed", "Filed"),
                    ("ending", "Ends early"),
                    ("ended", "Ended at term"),
                    ("terminated", "Ended early"),
                    ("void", "Withdrawn"),
                ],
                default="draft",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="outoftownfiling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["submitted", "returned"])),
                fields=("company",),
                name="contracts_one_open_filing",
                violation_error_message="A filing of this company waits for its decision already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="outoftownfiling",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ["filed", "expired"])),
                expressions=[
                    ("company", "="),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="contracts_one_filing_at_a_time",
                violation_error_message="Another filing of this company covers that period.",
            ),
        ),
        migrations.AddConstraint(
            model_name="outoftownfiling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["filed", "expired"]), _negated=True),
                    ("number__isnull", False),
                    _connector="OR",
                ),
                name="contracts_filing_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecontract",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ("filed", "ending", "ended", "terminated"))),
                expressions=[("management_area", "="), ("period", "&&")],
                name="contracts_one_in_force_per_area",
                violation_error_message="Another filed contract covers this management area in that term.",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecontract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ("filed", "ending", "ended", "terminated")), _negated=True
                    ),
                    models.Q(("filed_at__isnull", False), ("filing_number__isnull", False)),
                    _connector="OR",
                ),
                name="contracts_filed_with_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecontract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_on__isnull", False),
                        ("state__in", ["ending", "ended", "terminated"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["ending", "ended", "terminated"]), _negated=True),
                        ("ended_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="contracts_ended_with_day",
            ),
        ),
        migrations.AddField(
            model_name="endwarning",
            name="contract",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="end_warnings",
                to="contracts.servicecontract",
            ),
        ),
        migrations.AddField(
            model_name="endwarning",
            name="filing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="end_warnings",
                to="contracts.outoftownfiling",
            ),
        ),
        migrations.AddConstraint(
            model_name="endwarning",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contract__isnull", True), ("filing__isnull", False)),
                    models.Q(("contract__isnull", False), ("filing__isnull", True)),
                    _connector="OR",
                ),
                name="contracts_warning_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="endwarning",
            constraint=models.UniqueConstraint(
                fields=("contract", "days", "ends_on"), name="contracts_warned_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="endwarning",
            constraint=models.UniqueConstraint(
                fields=("filing", "days", "ends_on"), name="contracts_filing_warned_once"
            ),
        ),
        # Fees on file were written with their contract.
        migrations.RunSQL(
            "UPDATE contracts_contractfee fee SET created_at = contract.created_at"
            " FROM contracts_servicecontract contract WHERE contract.id = fee.contract_id",
            migrations.RunSQL.noop,
        ),
        append_only("contracts_endwarning"),
    ]

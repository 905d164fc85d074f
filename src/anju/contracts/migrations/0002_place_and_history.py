"""Contracts and filings know their place and keep their history."""

from django.db import migrations

from anju.core.operations import fill_place, track_history


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_initial"),
        ("core", "0001_initial"),
        ("reference", "0002_places"),
    ]
    operations = [
        fill_place("contracts_servicecontract"),
        fill_place("contracts_outoftownfiling"),
        track_history("contracts_servicecontract"),
        track_history("contracts_contractfee"),
        track_history("contracts_outoftownfiling"),
    ]

"""Rules over several rows hold also when two people write at the same time."""

from django.db import migrations

SHARES = """
CREATE OR REPLACE FUNCTION registry_check_shares_of(the_unit bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    spells int; whole boolean; day date; num numeric; den numeric; divisor numeric; s record;
    last_day date;
BEGIN
    -- Two transactions that each see only their own half would both pass: the unit is held, and
    -- what the other committed meanwhile is read after the wait.
    PERFORM 1 FROM registry_unit WHERE id = the_unit FOR NO KEY UPDATE;
    SELECT count(*), bool_and(share_num = share_den) INTO spells, whole
    FROM registry_ownership WHERE unit_id = the_unit;
    IF spells = 0 OR (spells = 1 AND whole) THEN RETURN; END IF;
    SELECT CASE WHEN bool_or(upper_inf(period)) THEN NULL ELSE max(upper(period)) END INTO last_day
    FROM registry_ownership WHERE unit_id = the_unit;
    FOR day IN
        SELECT lower(period) FROM registry_ownership WHERE unit_id = the_unit
        UNION SELECT upper(period) FROM registry_ownership
              WHERE unit_id = the_unit AND NOT upper_inf(period)
    LOOP
        CONTINUE WHEN day >= last_day;
        num := 0; den := 1;
        FOR s IN SELECT share_num, share_den FROM registry_ownership
                 WHERE unit_id = the_unit AND period @> day LOOP
            num := num * s.share_den + s.share_num * den;
            den := den * s.share_den;
            divisor := gcd(num, den);
            num := div(num, divisor); den := div(den, divisor);
        END LOOP;
        IF num <> den THEN
            RAISE EXCEPTION 'shares of unit % add to %/% on %', the_unit, num, den, day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_owner_shares_sum';
        END IF;
    END LOOP;
END $$;
"""
SHARES_BEFORE = """
CREATE OR REPLACE FUNCTION registry_check_shares_of(the_unit bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    spells int; whole boolean; day date; num numeric; den numeric; divisor numeric; s record;
    last_day date;
BEGIN
    SELECT count(*), bool_and(share_num = share_den) INTO spells, whole
    FROM registry_ownership WHERE unit_id = the_unit;
    IF spells = 0 OR (spells = 1 AND whole) THEN RETURN; END IF;
    SELECT CASE WHEN bool_or(upper_inf(period)) THEN NULL ELSE max(upper(period)) END INTO last_day
    FROM registry_ownership WHERE unit_id = the_unit;
    FOR day IN
        SELECT lower(period) FROM registry_ownership WHERE unit_id = the_unit
        UNION SELECT upper(period) FROM registry_ownership
              WHERE unit_id = the_unit AND NOT upper_inf(period)
    LOOP
        CONTINUE WHEN day >= last_day;
        num := 0; den := 1;
        FOR s IN SELECT share_num, share_den FROM registry_ownership
                 WHERE unit_id = the_unit AND period @> day LOOP
            num := num * s.share_den + s.share_num * den;
            den := den * s.share_den;
            divisor := gcd(num, den);
            num := div(num, divisor); den := div(den, divisor);
        END LOOP;
        IF num <> den THEN
            RAISE EXCEPTION 'shares of unit % add to %/% on %', the_unit, num, den, day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_owner_shares_sum';
        END IF;
    END LOOP;
END $$;
"""

PHONES = """
-- Held until the end of the transaction. A few hundred drawers, not one lock a number: a load of
-- many accounts must not fill the server's table of locks.
CREATE FUNCTION registry_phone_lock(number text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('registry_phone'), hashtext(number) & 255);
$$;
CREATE OR REPLACE FUNCTION registry_published_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_phone = '' THEN RETURN NULL; END IF;
    PERFORM registry_phone_lock(NEW.published_phone);
    IF EXISTS (SELECT 1 FROM access_user WHERE phone = NEW.published_phone) THEN
        RAISE EXCEPTION 'the published telephone is a sign-in phone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION registry_sign_in_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_phone_lock(NEW.phone);
    IF EXISTS (SELECT 1 FROM registry_manager WHERE published_phone = NEW.phone AND published_phone <> '') THEN
        RAISE EXCEPTION 'the sign-in phone is a published telephone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
"""
PHONES_BEFORE = """
CREATE OR REPLACE FUNCTION registry_published_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_phone <> '' AND EXISTS (SELECT 1 FROM access_user WHERE phone = NEW.published_phone) THEN
        RAISE EXCEPTION 'the published telephone is a sign-in phone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION registry_sign_in_phone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM registry_manager WHERE published_phone = NEW.phone AND published_phone <> '') THEN
        RAISE EXCEPTION 'the sign-in phone is a published telephone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'registry_manager_published_phone';
    END IF;
    RETURN NULL;
END $$;
DROP FUNCTION registry_phone_lock;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_owners_side")]
    operations = [
        migrations.RunSQL(SHARES, SHARES_BEFORE),
        migrations.RunSQL(PHONES, PHONES_BEFORE),
    ]

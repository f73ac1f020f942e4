"""States move only as their state machines say; printed by `manage.py state_machines`."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION community_article_status_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status IN ('draft', 'published') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'article % cannot begin as %', NEW.id, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'articles_move_by_their_table';
    END IF;
    IF OLD.status = NEW.status THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.status
        WHEN 'draft' THEN NEW.status IN ('published', 'archived')
        WHEN 'published' THEN NEW.status IN ('archived')
        WHEN 'archived' THEN NEW.status IN ('published')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'article % cannot go from % to %', NEW.id, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'articles_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION community_flag_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('open') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'report % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reports_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'open' THEN NEW.state IN ('hidden', 'kept')
        WHEN 'hidden' THEN NEW.state IN ('open')
        WHEN 'kept' THEN NEW.state IN ('open')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'report % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reports_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION community_story_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('draft') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'story % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stories_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'draft' THEN NEW.state IN ('submitted')
        WHEN 'submitted' THEN NEW.state IN ('published', 'returned', 'withdrawn')
        WHEN 'published' THEN NEW.state IN ('withdrawn')
        WHEN 'returned' THEN NEW.state IN ('submitted')
        WHEN 'withdrawn' THEN NEW.state IN ('submitted')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'story % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stories_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER articles_move_by_their_table
    BEFORE INSERT OR UPDATE OF status ON community_article
    FOR EACH ROW
    EXECUTE FUNCTION community_article_status_moves();

CREATE TRIGGER reports_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON community_flag
    FOR EACH ROW
    EXECUTE FUNCTION community_flag_state_moves();

CREATE TRIGGER stories_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON community_story
    FOR EACH ROW
    EXECUTE FUNCTION community_story_state_moves();
"""

REVERSE = """
DROP TRIGGER articles_move_by_their_table ON community_article;
DROP TRIGGER reports_move_by_their_table ON community_flag;
DROP TRIGGER stories_move_by_their_table ON community_story;
DROP FUNCTION community_article_status_moves();
DROP FUNCTION community_flag_state_moves();
DROP FUNCTION community_story_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]

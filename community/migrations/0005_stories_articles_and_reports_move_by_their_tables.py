"""The database refuses what the state machines of stories, articles and reports do not name.

Nothing ever withdrew a report: that state goes.

The texts are those of `manage.py state_machines`; a test compares them with what is installed.
"""

from django.db import migrations, models

STORY = """
CREATE OR REPLACE FUNCTION community_story_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('draft') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'story % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'stories_move_by_their_table';
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
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'stories_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stories_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON community_story
    FOR EACH ROW EXECUTE FUNCTION community_story_state_moves();
"""
STORY_BACK = """
DROP TRIGGER stories_move_by_their_table ON community_story;
DROP FUNCTION community_story_state_moves();
"""

ARTICLE = """
CREATE OR REPLACE FUNCTION community_article_status_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status IN ('draft', 'published') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'article % cannot begin as %', NEW.id, NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'articles_move_by_their_table';
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
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'articles_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER articles_move_by_their_table
    BEFORE INSERT OR UPDATE OF status ON community_article
    FOR EACH ROW EXECUTE FUNCTION community_article_status_moves();
"""
ARTICLE_BACK = """
DROP TRIGGER articles_move_by_their_table ON community_article;
DROP FUNCTION community_article_status_moves();
"""

FLAG = """
CREATE OR REPLACE FUNCTION community_flag_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('open') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'report % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'reports_move_by_their_table';
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
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT =
                'reports_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER reports_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON community_flag
    FOR EACH ROW EXECUTE FUNCTION community_flag_state_moves();
"""
FLAG_BACK = """
DROP TRIGGER reports_move_by_their_table ON community_flag;
DROP FUNCTION community_flag_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0004_pictures_in_texts")]
    operations = [
        migrations.AlterField(
            "flag",
            "state",
            models.CharField(
                choices=[("open", "Open"), ("hidden", "Hidden"), ("kept", "Kept")],
                default="open",
                max_length=9,
            ),
        ),
        migrations.RunSQL(STORY, STORY_BACK),
        migrations.RunSQL(ARTICLE, ARTICLE_BACK),
        migrations.RunSQL(FLAG, FLAG_BACK),
    ]

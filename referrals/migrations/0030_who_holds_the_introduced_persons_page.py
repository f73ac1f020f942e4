"""Records who knows the address of the referee's page: the referrer, the referee after answering,
or whom staff sent it to.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0029_how_introductions_spread_is_kept")]
    operations = [
        migrations.AddField(
            "referral",
            "page_holder",
            models.CharField(
                choices=[
                    ("sender", "Whoever introduced them"),
                    ("answerer", "Whoever answered on it"),
                    ("desk", "Who got it from us"),
                ],
                default="sender",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            "referral",
            models.CheckConstraint(
                condition=models.Q(page_holder__in=("sender", "answerer", "desk")),
                name="the_holder_of_a_page_is_known",
            ),
        ),
    ]

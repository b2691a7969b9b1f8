"""Search texts were filled here; a later migration fills them anew, with other forms of words."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0023_views_and_tags_by_marketplace")]
    operations = []

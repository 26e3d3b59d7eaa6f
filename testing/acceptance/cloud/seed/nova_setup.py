"""Nova's own models for the seeding and the truth: Nova is configured as its API is."""
import json
import os
import sys

os.environ['OS_NOVA_DISABLE_EVENTLET_PATCHING'] = '1'  # plain scripts: no green threads

from nova import config, context, objects  # noqa: E402

root = sys.argv[1]
config.parse_args(['seed', '--config-file', root + '/etc/nova/nova.conf', '--log-file', root + '/logs/30-nova.seed.log'])
objects.register_all()
with open(root + '/ids.json') as f:
    ids = json.load(f)
ctx = context.get_admin_context()
# In the order in which the API walks them. cell0 (failed builds) stays empty.
cells = [c for c in objects.CellMappingList.get_all(ctx) if not c.is_cell0()]

#!/usr/bin/python3
"""Instances straight into the databases of cell1 and cell2, through Nova's own models. What was there is deleted.
usage: seed_nova.py DIR"""
import random
import uuid
from datetime import timedelta as D

from nova_setup import cells, ctx, ids
from nova import context, objects
from nova.db.api import api as api_db
from nova.db.api import models as api_models
from nova.db.main import api as db
from nova.db.main import models
from oslo_serialization import jsonutils
from window import END, START

rnd = random.Random(20260901)

# API database first: it maps the instances, and holds the flavors.
with api_db.context_manager.writer.using(ctx) as s:
    for m in (api_models.InstanceMapping, api_models.Flavors):
        s.query(m).delete()

flavors = []
for i, (name, vcpus, memory, root_gb, ephemeral) in enumerate((
        ('m1.tiny', 1, 512, 1, 0), ('m1.small', 1, 2048, 20, 0), ('m1.medium', 2, 4096, 40, 0),
        ('c1.large', 8, 16384, 80, 20), ('g1 gpu/é', 16, 65536, 0, 100)), 1):
    f = objects.Flavor(ctx, name=name, vcpus=vcpus, memory_mb=memory, root_gb=root_gb, ephemeral_gb=ephemeral, swap=0,
                       flavorid=str(i), rxtx_factor=1.0, vcpu_weight=None, disabled=False, is_public=True,
                       extra_specs={}, projects=[], description=None)
    f.create()
    f.obj_reset_changes()
    flavors.append((f, jsonutils.dumps({'cur': f.obj_to_primitive(), 'old': None, 'new': None})))
TINY, SMALL, MEDIUM, LARGE, GPU = range(5)

rows = {c.name: [] for c in cells}
extras = {c.name: [] for c in cells}
maps = []
n = 0


def add(cell, project, name, created, launched, terminated, state, flavor):
    global n
    n += 1
    u = str(uuid.UUID(int=rnd.getrandbits(128), version=4))
    f, primitive = flavors[flavor]
    deleted = terminated is not None
    pid, user = ids['projects'][project], ids['users']['demo']
    rows[cell].append(dict(
        uuid=u, project_id=pid, user_id=user, display_name=name, hostname='h%d' % n,
        created_at=created, updated_at=launched, launched_at=launched, terminated_at=terminated,
        deleted_at=terminated, deleted=n if deleted else 0,
        vm_state='deleted' if deleted else state, power_state=1, memory_mb=f.memory_mb, vcpus=f.vcpus,
        root_gb=f.root_gb, ephemeral_gb=f.ephemeral_gb, instance_type_id=f.id, host='compute-' + cell, node='compute-' + cell,
        reservation_id='r-%08d' % n, cleaned=1 if deleted else 0, hidden=False, launch_index=0))
    # Deleted instances too: one without this row makes every list of its window a 500.
    extras[cell].append(dict(instance_uuid=u, flavor=primitive, created_at=created, deleted=0))
    maps.append(dict(instance_uuid=u, cell_id=[c.id for c in cells if c.name == cell][0], project_id=pid, user_id=user,
                     queued_for_delete=deleted, created_at=created))


# Ordinary instances. tenant-3 has some in both cells, so its rows come in two
# parts of the list. The numbers put the 1000th row, where a page of the API's
# max_limit ends, among those of tenant-3 in cell2, after tenant-6 in cell1: the
# page shows tenant-6 last, and only the server's own link goes on at the right
# place. No instance is in both cells: those links could loop over such a one.
for cell, project, count in (('cell1', 'tenant-1', 330), ('cell1', 'tenant-2', 300), ('cell1', 'tenant-3', 220),
                             ('cell2', 'tenant-3', 300), ('cell2', 'tenant-4', 200), ('cell2', 'tenant-5', 150)):
    for i in range(count):
        if i % 10 == 0:  # from the month before: some reach into the window, some end before it
            created = START - D(seconds=rnd.randint(86400, 20 * 86400))
        elif i % 10 == 9 and i % 3 == 0:  # from the month after: not in the window
            created = END + D(seconds=rnd.randint(3600, 10 * 86400))
        else:
            created = START + D(seconds=rnd.randint(0, 29 * 86400))
        # MariaDB's DATETIME drops the microseconds; Nova writes them all the same.
        launched = created + D(seconds=rnd.randint(5, 120), microseconds=rnd.choice([0, 0, 0, 123456]))
        terminated = None
        if i % 3 == 0:  # also after the end of the window
            terminated = launched + D(seconds=rnd.randint(600, 12 * 86400), microseconds=rnd.choice([0, 0, 0, 654321]))
        state = rnd.choice(['active', 'active', 'active', 'stopped', 'error', 'shelved_offloaded', 'paused', 'suspended'])
        add(cell, project, '%s-%s-vm-%04d' % (project, cell, i), created, launched, terminated, state, i % len(flavors))


def edge(name, launched, terminated=None, flavor=MEDIUM, cell='cell1', state='active', project='tenant-6'):
    add(cell, project, name, (launched or START + D(days=20)) - D(seconds=30), launched, terminated, state, flavor)


mid = START + D(days=14)
edge(None, mid, flavor=TINY)
edge('dé-中 "q"\\ <&>', mid, flavor=GPU)
edge('', mid)
edge('never-launched', None, flavor=SMALL, state='building')  # never reported
edge('ancient', START - D(days=400))
edge('gone-before', START - D(days=400), START - D(days=300))  # not in the window
edge('one-second', mid, mid + D(seconds=1))
edge('no-time', mid, mid)  # zero hours, but a row
edge('fraction', mid + D(microseconds=123456))
edge('fraction-only', mid + D(microseconds=100000), mid + D(microseconds=900000))  # zero hours once stored
edge('whole-window', START - D(days=1), END + D(days=1), flavor=LARGE)
edge('exact-window', START, END)
edge('launched-at-start', START)
edge('ended-at-start', START - D(days=1), START)  # not in the window: terminated_at > start
edge('ended-just-after-start', START - D(days=1), START + D(seconds=1))
edge('launched-just-before-end', END - D(seconds=1))
edge('launched-at-end', END)  # not in the window: launched_at < end
edge('launched-after', END + D(days=4))  # not in the window

for cell in cells:
    # get_context_manager: the module's own one would write into [database], whatever the cell.
    with context.target_cell(ctx, cell) as cctx, db.get_context_manager(cctx).writer.using(cctx) as s:
        for m in (models.InstanceExtra, models.Instance):
            s.query(m).delete()
        s.bulk_insert_mappings(models.Instance, rows[cell.name])
        s.bulk_insert_mappings(models.InstanceExtra, extras[cell.name])
with api_db.context_manager.writer.using(ctx) as s:
    s.bulk_insert_mappings(api_models.InstanceMapping, maps)
print({c: len(r) for c, r in rows.items()})

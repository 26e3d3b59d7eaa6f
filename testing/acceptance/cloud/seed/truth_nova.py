#!/usr/bin/python3
"""Writes truth.json: the usage of the seeded month, computed from what the cells' databases hold (they drop the
microseconds) by the rule of Nova's API, but without its code.
usage: truth_nova.py DIR"""
import json
import math
import os
import sys

from nova_setup import cells, ctx, ids
from nova import context
from nova.db.main import api as db
from sqlalchemy import text
from window import END, START

# Nova's instance_get_active_by_window_joined: deleted instances count, and an
# instance never launched compares as NULL, that is, is left out.
QUERY = text("""
SELECT i.uuid, i.project_id, i.display_name, i.launched_at, i.terminated_at, e.flavor
FROM instances i JOIN instance_extra e ON e.instance_uuid = i.uuid
WHERE (i.terminated_at IS NULL OR i.terminated_at > :start) AND i.launched_at < :end
ORDER BY i.project_id, i.uuid""")


def moment(t):  # as the API writes one
    return t and t.strftime('%Y-%m-%dT%H:%M:%S.%f')


rows = []
for cell in cells:
    with context.target_cell(ctx, cell) as cctx, db.get_engine(context=cctx).connect() as c:
        for uid, project, name, launched, terminated, extra in c.execute(QUERY, {'start': START, 'end': END}):
            flavor = json.loads(extra)['cur']['nova_object.data']
            time = min(END, terminated or END) - max(START, launched)
            rows.append({
                'instance_id': uid, 'project_id': project, 'name': name, 'flavor': flavor['name'],
                'vcpus': flavor['vcpus'], 'memory_mb': flavor['memory_mb'],
                'local_gb': flavor['root_gb'] + flavor['ephemeral_gb'],
                'started_at': moment(launched), 'ended_at': moment(terminated),
                'hours': time.total_seconds() / 3600, 'cell': cell.name})

projects = {}
for name, pid in sorted(ids['projects'].items()):
    if name.startswith('tenant-') or name == 'idle':
        mine = [r for r in rows if r['project_id'] == pid]
        projects[name] = {
            'id': pid, 'servers': len(mine),
            'total_hours': math.fsum(r['hours'] for r in mine),
            'total_vcpus_usage': math.fsum(r['hours'] * r['vcpus'] for r in mine),
            'total_memory_mb_usage': math.fsum(r['hours'] * r['memory_mb'] for r in mine),
            'total_local_gb_usage': math.fsum(r['hours'] * r['local_gb'] for r in mine)}
if sum(p['servers'] for p in projects.values()) != len(rows):
    sys.exit('an instance is in a project that is not among those seeded')

path = os.path.join(sys.argv[1], 'truth.json')
with open(path + '.new', 'w') as f:
    json.dump({'window': {'start': START.isoformat(), 'end': END.isoformat()}, 'projects': projects, 'rows': rows}, f,
              indent=1, ensure_ascii=False)
os.rename(path + '.new', path)
print(len(rows), 'rows', {n: p['servers'] for n, p in projects.items()})

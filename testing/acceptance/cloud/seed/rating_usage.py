"""What the projects used in the seeded month, hour by hour, and what an hour of it costs. The seeding, the collector of
what is processed again and the truth read it; nothing here knows CloudKitty."""
import datetime
import random

from window import END, START

HOUR = datetime.timedelta(hours=1)

# Services, fields and rules of hashmap. A flavor without a price costs nothing.
FLAVORS = (('m1.tiny', '0.01'), ('m1.small', '0.0213'), ('m1.medium', '0.0425'), ('c1.large', '0.3333333333'))
UNPRICED = 'x1.experimental'
VOLUME_GIB = '0.0001'  # of every project
VOLUME_GIB_TENANT_2 = '0.00008'
SSD_RATE = '1.1'  # times the price of a GiB
TRAFFIC = (('10', '0.002'), ('1000', '0.005'))  # from so many MB an hour on, the hour costs that
FLOATING_IP = '0.0000001'  # by a script: hashmap has no rule for it

SCRIPT = f"""# A floating IP costs next to nothing.
import decimal
from cloudkitty import dataframe
out = dataframe.DataFrame(start=data.start, end=data.end)
for service, point in data.iterpoints():
    if service == 'ip.floating':
        point = point.set_price(point.price + decimal.Decimal('{FLOATING_IP}') * point.qty)
    out.add_point(point, service)
data = out
"""

# Further scopes that never used anything: more than one page of them.
SCOPES = ['team-%03d' % i for i in range(130)]

BEGINS = {'tenant-1': START, 'tenant-2': START, 'tenant-3': START, 'tenant-4': END - datetime.timedelta(days=3)}


def uid(p, i):
    return '%08x-0000-4000-8000-%012x' % (p, i)


def usage(ids, project, begin):
    """The points (metric, unit, quantity as text, groupby, metadata) of a project in the hour from begin."""
    if project not in BEGINS or not BEGINS[project] <= begin < END:
        return []
    t = int(project[-1])
    pid, user = ids['projects'][project], ids['users']['demo']
    rnd = random.Random('%s %s' % (project, begin.isoformat()))

    def groupby(i):
        return {'id': i, 'user_id': user, 'project_id': pid}

    flavors = [name for name, _ in FLAVORS] + [UNPRICED]
    points = [('instance', 'instance', '1', groupby(uid(t, i)),
               {'flavor_name': flavors[(i + t) % 5], 'flavor_id': str((i + t) % 5 + 1), 'vcpus': ''}) for i in range(t)]
    points.append(('volume.size', 'GiB', str(10 * t), groupby(uid(100 + t, 0)),
                   {'volume_type': 'nvme, schnell: \u00e9' if t == 3 else 'ssd'}))
    points.append(('network.outgoing.bytes.rate', 'MB', '%.5f' % rnd.choice((rnd.uniform(0, 20), rnd.uniform(0, 2000))),
                   groupby(uid(200 + t, 0)), {'instance_id': uid(t, 0)}))
    if t == 3:
        points.append(('ip.floating', 'ip', '1', groupby(uid(300 + t, 0)), {'state': 'ACTIVE'}))
    return points


def hours():
    begin = START
    while begin < END:
        yield begin
        begin += HOUR

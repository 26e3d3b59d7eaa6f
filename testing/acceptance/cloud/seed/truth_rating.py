#!/usr/bin/python3
"""Writes rating-truth.json: what the seeded month cost, computed exactly from what was used and the rate card, without
CloudKitty.
usage: truth_rating.py DIR"""
import json
import os
import sys
from decimal import Decimal, getcontext

from rating_usage import (BEGINS, FLAVORS, FLOATING_IP, SCOPES, SSD_RATE, TRAFFIC, VOLUME_GIB, VOLUME_GIB_TENANT_2, hours,
                          usage)
from window import END, START

getcontext().prec = 60  # never rounds here
root = sys.argv[1]
with open(root + '/ids.json') as f:
    ids = json.load(f)


def price(project, metric, qty, metadata):
    if metric == 'instance':
        return qty * Decimal(dict(FLAVORS).get(metadata['flavor_name'], 0))
    if metric == 'volume.size':
        gib = Decimal(VOLUME_GIB_TENANT_2 if project == 'tenant-2' else VOLUME_GIB)
        return qty * gib * (Decimal(SSD_RATE) if metadata['volume_type'] == 'ssd' else 1)
    if metric == 'ip.floating':
        return qty * Decimal(FLOATING_IP)
    reached = [Decimal(cost) for level, cost in TRAFFIC if qty >= Decimal(level)]
    return reached[-1] if reached else Decimal(0)


points, projects = [], {}
for project in sorted(BEGINS):
    metrics = {}
    for begin in hours():
        for metric, unit, qty, groupby, metadata in usage(ids, project, begin):
            qty = Decimal(qty)
            cost = price(project, metric, qty, metadata)
            points.append({'project': groupby['project_id'], 'metric': metric, 'begin': begin.isoformat(), 'unit': unit,
                           'id': groupby['id'], 'quantity': str(qty), 'price': format(cost, 'f'), 'metadata': metadata})
            m = metrics.setdefault(metric, {'points': 0, 'quantity': Decimal(0), 'price': Decimal(0)})
            m['points'] += 1
            m['quantity'] += qty
            m['price'] += cost
    projects[project] = {'id': ids['projects'][project], 'metrics': {
        name: {'points': m['points'], 'quantity': format(m['quantity'], 'f'), 'price': format(m['price'], 'f')}
        for name, m in metrics.items()}}

path = os.path.join(root, 'rating-truth.json')
with open(path + '.new', 'w') as f:
    json.dump({'window': {'start': START.isoformat(), 'end': END.isoformat()}, 'projects': projects, 'scopes': SCOPES,
               'points': points}, f, ensure_ascii=False)
os.rename(path + '.new', path)
print(len(points), 'points')

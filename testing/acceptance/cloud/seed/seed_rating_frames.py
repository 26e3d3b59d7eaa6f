#!/usr/bin/python3
"""Rates the seeded month with CloudKitty's own processors and stores it through CloudKitty's own storage; sets the states
of the scopes. What was there is deleted.
usage: seed_rating_frames.py DIR NAME"""
import datetime
import json
import sys

from cloudkitty import service

root, name = sys.argv[1:3]
service.prepare_service(['seed', '--config-file', '%s/etc/%s/cloudkitty.conf' % (root, name),
                         '--log-file', '%s/logs/40-cloudkitty.seed.log' % root])

from cloudkitty import dataframe, db, orchestrator, storage, storage_state  # noqa: E402
from cloudkitty.storage.v1.sqlalchemy import models as v1_models  # noqa: E402
from cloudkitty.storage_state import models as state_models  # noqa: E402
from rating_usage import BEGINS, HOUR, SCOPES, hours, usage  # noqa: E402
from window import END  # noqa: E402

with open(root + '/ids.json') as f:
    ids = json.load(f)
store, states = storage.get_storage(), storage_state.StateManager()


def utc(t):
    return t.replace(tzinfo=datetime.timezone.utc)


session = db.get_session()
with session.begin():
    if name == 'cloudkitty-v1':
        session.query(v1_models.RatedDataFrame).delete()
    session.query(state_models.ReprocessingScheduler).delete()
    session.query(state_models.IdentifierState).delete()
if name == 'cloudkitty':
    store.delete()

for project in sorted(BEGINS):
    pid = ids['projects'][project]
    worker = orchestrator.APIWorker(pid)
    frames = []
    for begin in hours():
        points = {}
        for metric, unit, qty, groupby, metadata in usage(ids, project, begin):
            points.setdefault(metric, []).append(dataframe.DataPoint(unit, qty, 0, groupby, metadata))
        if not points:
            continue
        frame = dataframe.DataFrame(start=utc(begin), end=utc(begin + HOUR), usage=points)
        for processor in worker._processors:
            frame = processor.obj.process(frame)
        frames.append(frame)
    store.push(frames, scope_id=pid)
    print(name, project, len(frames), 'frames by', [p.name for p in worker._processors])
with session.begin():
    session.bulk_insert_mappings(state_models.IdentifierState, [
        dict(identifier=i, scope_key='project_id', fetcher='source', collector='gnocchi', active=True,
             last_processed_timestamp=END - HOUR)
        for i in [ids['projects'][p] for p in sorted(BEGINS)] + SCOPES])

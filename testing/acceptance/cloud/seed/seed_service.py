#!/usr/bin/python3
"""A service of the catalogue with its three endpoints, and its service user. Idempotent.
usage: seed_service.py DIR KEYSTONE_URL PASSWORD TYPE NAME URL [REGION]"""
import sys

from keystoneauth1 import session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client

_, keystone, password, type_, name, url = sys.argv[1:7]
region = sys.argv[7] if len(sys.argv) > 7 else 'RegionOne'

auth = v3.Password(auth_url=keystone, username='admin', password=password, project_name='admin',
                   user_domain_id='default', project_domain_id='default')
ks = client.Client(session=session.Session(auth=auth), endpoint_override=keystone, interface='public')

if region not in {r.id for r in ks.regions.list()}:
    ks.regions.create(region)
service = next((s for s in ks.services.list() if s.type == type_), None) or ks.services.create(name, type=type_)
have = {e.interface: e for e in ks.endpoints.list() if e.service_id == service.id and e.region == region}
for interface in ('public', 'internal', 'admin'):
    if interface not in have:
        ks.endpoints.create(service.id, url, interface=interface, region=region)
    elif have[interface].url != url:
        ks.endpoints.update(have[interface], url=url)

project = next(p for p in ks.projects.list() if p.name == 'service')
user = next((u for u in ks.users.list() if u.name == name), None) or ks.users.create(name, domain='default', password=password)
for role in ks.roles.list():
    if role.name in ('admin', 'service'):
        ks.roles.grant(role, user=user, project=project)

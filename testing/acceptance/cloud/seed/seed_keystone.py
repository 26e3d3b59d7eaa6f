#!/usr/bin/python3
"""Projects, users, roles and application credentials; writes ids.json, clouds.yaml and openrc. Idempotent.
usage: seed_keystone.py DIR KEYSTONE_URL PASSWORD"""
import json
import os
import sys
import uuid

from keystoneauth1 import session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client

root, URL, password = sys.argv[1:4]


def keystone(user, project):
    auth = v3.Password(auth_url=URL, username=user, password=password, project_name=project,
                       user_domain_id='default', project_domain_id='default')
    return client.Client(session=session.Session(auth=auth), endpoint_override=URL, interface='public')


ks = keystone('admin', 'admin')

projects = {p.name: p for p in ks.projects.list()}
for name in ('service', 'idle'):
    if name not in projects:
        projects[name] = ks.projects.create(name, domain='default')
# Keystone makes up the ids, and Nova sorts by them: tenant-1 gets the lowest,
# tenant-6 the highest, so that every run has the same rows on the same page.
tenants = ['tenant-%d' % i for i in range(1, 7)]
if any(name not in projects for name in tenants):
    pool = [p for name, p in projects.items() if name.startswith(('tenant-', 'unnamed-'))]
    pool += [ks.projects.create('unnamed-' + uuid.uuid4().hex, domain='default') for _ in tenants[len(pool):]]
    for p in pool:
        ks.projects.update(p, name='unnamed-' + p.id)
    for name, p in zip(tenants, sorted(pool, key=lambda p: p.id)):
        projects[name] = ks.projects.update(p, name=name)
    projects = {name: p for name, p in projects.items() if not name.startswith('unnamed-')}

roles = {r.name: r for r in ks.roles.list()}
if 'service' not in roles:
    roles['service'] = ks.roles.create('service')

users = {u.name: u for u in ks.users.list()}
for name, project, role in (('demo', 'tenant-1', 'member'), ('demo2', 'tenant-2', 'member'),
                            ('auditor', 'tenant-1', 'reader'), ('noproject', None, None)):
    if name not in users:
        users[name] = ks.users.create(name, domain='default', password=password)
    if project:
        ks.roles.grant(roles[role], user=users[name], project=projects[project])

appcreds = {}
for user, project in (('admin', 'admin'), ('demo', 'tenant-1')):
    own = keystone(user, project)
    name = user + '-appcred'
    have = {a.name: a for a in own.application_credentials.list(user=users[user].id)}
    # The secret is ours, so that one made by an earlier run is known too.
    a = have.get(name) or own.application_credentials.create(name, secret=name + '-secret')
    appcreds[name] = {'id': a.id, 'name': name, 'secret': name + '-secret', 'user': user,
                      'user_id': users[user].id, 'project': project, 'project_id': projects[project].id}


def write(name, text):
    # Whole or not at all: up takes a file that is there for a good one.
    with open(os.path.join(root, name + '.new'), 'w') as f:
        f.write(text)
    os.rename(os.path.join(root, name + '.new'), os.path.join(root, name))


def cloud(name, user, project):
    return f"""  {name}:
    auth:
      auth_url: {URL}
      username: {user}
      password: {password}
      project_name: {project}
      user_domain_name: Default
      project_domain_name: Default
    region_name: RegionOne
    interface: public
    identity_api_version: 3
"""


def cloud_appcred(name):
    return f"""  {name}:
    auth_type: v3applicationcredential
    auth:
      auth_url: {URL}
      application_credential_id: {appcreds[name]['id']}
      application_credential_secret: {appcreds[name]['secret']}
    region_name: RegionOne
    interface: public
    identity_api_version: 3
"""


write('clouds.yaml', 'clouds:\n' + cloud('gophermeter', 'admin', 'admin') + cloud('demo', 'demo', 'tenant-1') +
      cloud('demo2', 'demo2', 'tenant-2') + cloud('auditor', 'auditor', 'tenant-1') +
      cloud_appcred('admin-appcred') + cloud_appcred('demo-appcred'))
write('openrc', f"""export OS_AUTH_URL={URL}
export OS_USERNAME=admin
export OS_PASSWORD={password}
export OS_PROJECT_NAME=admin
export OS_USER_DOMAIN_NAME=Default
export OS_PROJECT_DOMAIN_NAME=Default
export OS_REGION_NAME=RegionOne
export OS_IDENTITY_API_VERSION=3
export OS_INTERFACE=public
""")
write('ids.json', json.dumps({
    'auth_url': URL, 'region': 'RegionOne', 'password': password,
    'projects': {n: p.id for n, p in projects.items()},
    'users': {n: u.id for n, u in users.items()},
    'application_credentials': appcreds}, indent=2, sort_keys=True) + '\n')

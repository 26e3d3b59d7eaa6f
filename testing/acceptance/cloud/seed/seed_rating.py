#!/usr/bin/python3
"""Modules and rules of a CloudKitty, over its API. What was there is deleted.
usage: seed_rating.py DIR KEYSTONE_URL PASSWORD URL"""
import json
import sys

import requests
from rating_usage import FLAVORS, SCRIPT, SSD_RATE, TRAFFIC, VOLUME_GIB, VOLUME_GIB_TENANT_2

root, keystone, password, url = sys.argv[1:5]
with open(root + '/ids.json') as f:
    ids = json.load(f)
http = requests.Session()
http.trust_env = False
login = http.post(keystone + '/auth/tokens', json={'auth': {
    'identity': {'methods': ['password'], 'password': {
        'user': {'name': 'admin', 'domain': {'id': 'default'}, 'password': password}}},
    'scope': {'project': {'name': 'admin', 'domain': {'id': 'default'}}}}})
login.raise_for_status()
http.headers.update({'X-Auth-Token': login.headers['X-Subject-Token'], 'Accept': 'application/json'})


def call(method, path, **body):
    r = http.request(method, url + '/v1/rating/' + path, json=body or None, allow_redirects=False)
    if r.status_code not in (200, 201, 204, 302):
        sys.exit('%s %s: %s %s' % (method, path, r.status_code, r.text))
    return r.json() if r.status_code in (200, 201) else None


HASHMAP, SCRIPTS = 'module_config/hashmap/', 'module_config/pyscripts/scripts'
for name, priority in (('hashmap', 100), ('pyscripts', 50)):
    call('PUT', 'modules/' + name, module_id=name, enabled=True, priority=priority)
for s in call('GET', HASHMAP + 'services')['services']:
    call('DELETE', HASHMAP + 'services/' + s['service_id'])
for g in call('GET', HASHMAP + 'groups')['groups']:
    call('DELETE', HASHMAP + 'groups/' + g['group_id'])
for s in call('GET', SCRIPTS)['scripts']:
    call('DELETE', SCRIPTS + '/' + s['script_id'])

service = {name: call('POST', HASHMAP + 'services', name=name)['service_id']
           for name in ('instance', 'volume.size', 'network.outgoing.bytes.rate')}
group = call('POST', HASHMAP + 'groups', name='instance_uptime')['group_id']
flavor = call('POST', HASHMAP + 'fields', name='flavor_name', service_id=service['instance'])['field_id']
for value, cost in FLAVORS:
    call('POST', HASHMAP + 'mappings', field_id=flavor, type='flat', value=value, cost=cost, group_id=group)
volume = service['volume.size']
call('POST', HASHMAP + 'mappings', service_id=volume, type='flat', cost=VOLUME_GIB)
call('POST', HASHMAP + 'mappings', service_id=volume, type='flat', cost=VOLUME_GIB_TENANT_2,
     tenant_id=ids['projects']['tenant-2'])
volume_type = call('POST', HASHMAP + 'fields', name='volume_type', service_id=volume)['field_id']
call('POST', HASHMAP + 'mappings', field_id=volume_type, type='rate', value='ssd', cost=SSD_RATE)
for level, cost in TRAFFIC:
    call('POST', HASHMAP + 'thresholds', service_id=service['network.outgoing.bytes.rate'], type='flat', level=level, cost=cost)
call('POST', SCRIPTS, name='floating IPs', data=SCRIPT)

"""Cut a few entries from an importance matrix in the legacy form, and say what a reader must make of them.

usage: python3 cut.py SOURCE.imatrix.dat OUT.imatrix.dat OUT.json
Independent of this package: struct reads the file, numpy divides in float32 as ik_llama.cpp's reader does.
"""
import base64
import json
import struct
import sys

import numpy

KEPT = ['blk.0.attn_k.weight', 'blk.0.ffn_up.weight', 'blk.0.ffn_down.weight']

source, out_file, out_json = sys.argv[1:]
data = open(source, 'rb').read()
position = 0


def take(form):
    global position
    values = struct.unpack_from('<' + form, data, position)
    position += struct.calcsize('<' + form)
    return values


entries = {}
for _ in range(take('i')[0]):
    name = take(f'{take("i")[0]}s')[0].decode()
    calls, count = take('ii')
    entries[name] = (calls, numpy.array(take(f'{count}f'), dtype='<f4'))
chunks, length = take('ii')
dataset = take(f'{length}s')[0]

with open(out_file, 'wb') as out:
    out.write(struct.pack('<i', len(KEPT)))
    for name in KEPT:
        calls, values = entries[name]
        out.write(struct.pack('<i', len(name)) + name.encode() + struct.pack('<ii', calls, len(values)) + values.tobytes())
    out.write(struct.pack('<ii', chunks, len(dataset)) + dataset)

expected = {
    'chunkCount': chunks,
    'dataset': dataset.decode(),
    'entries': [
        {
            'name': name,
            'callCount': entries[name][0],
            'meanSquares': base64.b64encode((entries[name][1] / numpy.float32(entries[name][0])).astype('<f4').tobytes()).decode(),
        }
        for name in KEPT
    ],
}
with open(out_json, 'w') as out:
    json.dump(expected, out, indent=2)
    out.write('\n')

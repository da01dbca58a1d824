"""Cut the entries of two layers from an importance matrix in GGUF form, and say what a reader must make of them.

usage: python3 cut-gguf.py SOURCE.gguf OUT.gguf OUT.json GGUF_PY_FOLDER
Independent of this package: the gguf Python package reads and writes the files, numpy divides.
"""
import hashlib
import json
import sys

source, out_file, out_json, gguf_py = sys.argv[1:]
sys.path.insert(0, gguf_py)

import gguf
import numpy

KEPT = [f'blk.{layer}.{tensor}.weight' for layer in (4, 5) for tensor in ('attn_q', 'ffn_down_exps', 'ffn_up_exps')]

reader = gguf.GGUFReader(source)
tensors = {tensor.name: tensor for tensor in reader.tensors}
fields = reader.fields


def field(name):
    one = fields[name]
    return one.parts[one.data[0]]


datasets = [bytes(fields['imatrix.datasets'].parts[index]).decode() for index in fields['imatrix.datasets'].data]
chunk_count, chunk_size = int(field('imatrix.chunk_count')[0]), int(field('imatrix.chunk_size')[0])

writer = gguf.GGUFWriter(out_file, '')
writer.kv_data[0].clear()
writer.add_string('general.type', 'imatrix')
writer.add_array('imatrix.datasets', datasets)
writer.add_uint32('imatrix.chunk_count', chunk_count)
writer.add_uint32('imatrix.chunk_size', chunk_size)
entries = []
for name in KEPT:
    for suffix in ('in_sum2', 'counts'):
        tensor = tensors[f'{name}.{suffix}']
        writer.add_tensor(tensor.name, numpy.array(tensor.data))
    sums = numpy.array(tensors[f'{name}.in_sum2'].data, dtype='<f4').reshape(-1)
    counts = numpy.array(tensors[f'{name}.counts'].data, dtype='<f4').reshape(-1)
    entries.append({
        'name': name,
        'counts': [int(count) for count in counts],
        'sumCount': len(sums),
        'sha256OfSums': hashlib.sha256(sums.tobytes()).hexdigest(),
    })
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

expected = {'chunkCount': chunk_count, 'chunkSize': chunk_size, 'datasets': datasets, 'entries': entries}
with open(out_json, 'w') as out:
    json.dump(expected, out, indent=2)
    out.write('\n')

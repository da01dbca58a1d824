"""Ask llama-quantize of ik_llama.cpp which type it gives each tensor of some small models, for each file type.

usage: python3 peer-defaults.py LLAMA_QUANTIZE OUT.json
The models hold zeros; --dry-run prints the types without quantizing. Shares no code with this package.
"""
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

FTYPES = ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_0', 'Q6_0', 'Q6_K', 'IQ4_NL', 'IQ4_K', 'IQ6_K', 'IQ4_KS', 'IQ4_KSS']


def dense(columns, layers, rows):
    yield 'token_embd.weight', [columns, 64]
    for i in range(layers):
        yield f'blk.{i}.attn_norm.weight', [columns]
        for part in ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up']:
            yield f'blk.{i}.{part}.weight', [columns, rows]
        yield f'blk.{i}.ffn_down.weight', [rows, columns]
        yield f'blk.{i}.attn_q.bias', [rows]
    yield 'output_norm.weight', [columns]


def experts(columns, layers, count):
    yield 'token_embd.weight', [columns, 64]
    for i in reversed(range(layers)):
        for part in ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_up_shexp', 'ffn_down_shexp']:
            yield f'blk.{i}.{part}.weight', [columns, columns]
        yield f'blk.{i}.attn_q_norm.weight', [64]
        yield f'blk.{i}.ffn_gate_inp.weight', [columns, count]
        for part in ['ffn_gate_exps', 'ffn_up_exps', 'ffn_down_exps']:
            yield f'blk.{i}.{part}.weight', [columns, columns, count]
    yield 'output.weight', [columns, 64]


OUTPUT = ('output.weight', [256, 64])
MODELS = {
    'dense': (['llama', 16, 8, 2, 0], [*dense(256, 16, 256), OUTPUT]),
    'two heads share': (['llama', 8, 8, 4, 0], [*dense(256, 8, 256), OUTPUT]),
    'own heads': (['llama', 9, 8, 8, 0], [*dense(256, 9, 256), OUTPUT]),
    'no output matrix': (['mistral3', 8, 8, 2, 0], [*dense(256, 8, 256)]),
    'rows of 288': (['llama', 8, 9, 3, 0], [*dense(288, 8, 256), ('output.weight', [288, 64])]),
    'known as 70B': (['llama', 80, 8, 1, 0], [*dense(256, 80, 256)][4::9]),
    'eight experts': (['qwen3moe', 16, 4, 2, 8], [*experts(256, 16, 8)]),
    'two experts': (['qwen3moe', 16, 4, 2, 2], [*experts(256, 16, 2)]),
}
# One letter for each tensor of a run, in the order of the file.
KINDS = ['kept', 'f32', 'f16', 'bf16', 'q8_0', 'q5_0', 'q5_1', 'q6_0', 'q5_K', 'q6_K', 'iq4_nl', 'iq4_k', 'iq5_k', 'iq6_k', 'iq4_ks', 'iq4_kss']
LETTERS = dict(zip(KINDS, 'ABCDEFGHIJKLMNOP'))
RECIPE = r'blk\.[0-9]\.attn_v=iq6_k,attn_(v|k)=q8_0,ATTN=f16,norm=f16,^blk\.1.\.ffn_(gate|up).*weight$=iq4_k,ffn_down=bf16'


def string(text):
    return struct.pack('<Q', len(text)) + text.encode()


def write_model(path, shape, tensors):
    arch, layers, heads, key_value_heads, count = shape
    numbers = {
        'context_length': 512, 'embedding_length': tensors[0][1][0], 'block_count': layers, 'feed_forward_length': 256,
        'attention.head_count': heads, 'attention.head_count_kv': key_value_heads, 'vocab_size': 64,
        'expert_count': count, 'expert_used_count': min(count, 2), 'expert_feed_forward_length': 256,
    }
    pairs = [string('general.architecture') + struct.pack('<I', 8) + string(arch)]
    pairs += [string(f'{arch}.{key}') + struct.pack('<II', 4, value) for key, value in numbers.items()]
    pairs.append(string(f'{arch}.attention.layer_norm_rms_epsilon') + struct.pack('<If', 6, 1e-5))
    table, offset = b'', 0
    for name, dimensions in tensors:
        vector = len(dimensions) == 1
        table += string(name) + struct.pack(f'<I{len(dimensions)}QIQ', len(dimensions), *dimensions, 0 if vector else 30, offset)
        size = 4 if vector else 2
        for length in dimensions:
            size *= length
        offset += (size + 31) // 32 * 32
    header = b'GGUF' + struct.pack('<IQQ', 3, len(tensors), len(pairs)) + b''.join(pairs) + table
    with open(path, 'wb') as out:
        out.write(header + bytes(-len(header) % 32) + bytes(offset))


def types(program, model, ftype, options):
    out = subprocess.run([program, '--dry-run', *options, model, os.devnull, ftype, '1'], capture_output=True, text=True)
    text = out.stdout + out.stderr
    found = {}
    for line in re.split(r'(?=\[ *\d+/ *\d+\] )', text)[1:]:
        name = re.match(r'\[ *\d+/ *\d+\] +(\S+) - ', line)[1]
        converted = re.search(r'converting to (\w+) ', line)
        found[name] = converted[1] if converted else 'kept'
    return found


def main(program, out_json):
    folder = tempfile.mkdtemp()
    model, imatrix = os.path.join(folder, 'model.gguf'), os.path.join(folder, 'some.dat')
    with open(imatrix, 'wb') as out:
        out.write(struct.pack('<ii1siif', 1, 1, b'x', 1, 1, 1.0))
    cases = []
    for title, (shape, tensors) in MODELS.items():
        write_model(model, shape, tensors)
        runs = []
        for ftype in FTYPES:
            for has_importance in [False, True]:
                for recipe in [None, RECIPE] if ftype in ('IQ4_KSS', 'Q6_0') else [None]:
                    options = ['--imatrix', imatrix] if has_importance else []
                    options += ['--custom-q', recipe] if recipe else []
                    found = types(program, model, ftype, options)
                    assert list(found) == [name for name, _ in tensors], (title, ftype)
                    letters = ''.join(LETTERS[found[name]] for name, _ in tensors)
                    runs.append([ftype, has_importance, recipe is not None, letters])
        names = ['architecture', 'layerCount', 'headCount', 'keyValueHeadCount', 'expertCount']
        cases.append({'title': title, 'model': dict(zip(names, shape)), 'tensors': tensors, 'runs': runs})
    with open(out_json, 'w') as out:
        facts = {'recipe': RECIPE, 'letters': {letter: kind for kind, letter in LETTERS.items()}}
        out.write(json.dumps(facts)[:-1] + ', "cases": [')
        out.write(','.join('\n' + json.dumps(case, separators=(',', ':')).replace('"runs":[', '"runs":[\n').replace('],["', '],\n["') for case in cases))
        out.write('\n]}\n')


main(*sys.argv[1:])

"""Models of many shapes, as header-only GGUF files, and the files of goldens that tell what a program made of them.

The models have the layers, heads, experts and vocabulary of known ones, and small matrices of zeros. Shares no code with
this package.
"""
import os
import re
import struct
from collections import Counter

COLUMNS, ROWS = 256, 16
ATTENTION = ['attn_q', 'attn_k', 'attn_v', 'attn_output']
FEED_FORWARD = ['ffn_gate', 'ffn_up', 'ffn_down']
EXPERTS = ['ffn_gate_exps', 'ffn_up_exps', 'ffn_down_exps']
SHARED = ['ffn_gate_shexp', 'ffn_up_shexp', 'ffn_down_shexp']
LATENT = ['attn_q_a', 'attn_q_b', 'attn_kv_a_mqa', 'attn_kv_b', 'attn_output']


def layer(parts, experts=0, columns=COLUMNS, rows=ROWS):
    names = [('attn_norm', [columns]), ('attn_q_norm', [64])]
    names += [(part, [columns, rows] + ([experts] if part.endswith('_exps') else [])) for part in parts]
    if experts:
        names.append(('ffn_gate_inp', [columns, experts]))
    return names


def shape(arch, layers, heads, vocabulary, embedding, parts=None, experts=0, tied=False, columns=COLUMNS, rows=ROWS, groups=None, more=None):
    """groups: [(first layer, last layer, parts)] where layers differ, or come in another order; more: numbers for the metadata."""
    groups = groups or [(0, layers - 1, parts or ATTENTION + FEED_FORWARD)]
    return {
        'more': more or {},
        'facts': [arch, layers, *heads, experts, vocabulary, embedding],
        'outer': [('token_embd', [columns, rows]), ('output_norm', [columns])] + ([] if tied else [('output', [columns, rows])]),
        'groups': [(first, last, layer(parts, experts, columns, rows)) for first, last, parts in groups],
    }


MOE = ATTENTION + EXPERTS
SHAPES = {
    'llama-7b': shape('llama', 32, (32, 32), 32000, 4096),
    'llama-13b': shape('llama', 40, (40, 40), 32000, 5120),
    'llama-65b': shape('llama', 80, (64, 64), 32000, 8192),
    'llama2-70b': shape('llama', 80, (64, 8), 32000, 8192),
    'llama3-8b': shape('llama', 32, (32, 8), 128256, 4096),
    'llama3-70b': shape('llama', 80, (64, 8), 128256, 8192),
    'mixtral-8x7b': shape('llama', 32, (32, 8), 32000, 4096, MOE, 8),
    'mistral3-8b': shape('mistral3', 34, (32, 8), 131072, 4096),
    'mistral3-24b': shape('mistral3', 40, (32, 8), 131072, 5120),
    'qwen2-0.5b': shape('qwen2', 24, (14, 2), 151936, 896, tied=True, columns=384),
    'qwen2-72b': shape('qwen2', 80, (64, 8), 152064, 8192),
    'qwen3-0.6b': shape('qwen3', 28, (16, 8), 151936, 1024, tied=True),
    'qwen3-8b': shape('qwen3', 36, (32, 8), 151936, 4096),
    'qwen3moe-30b-a3b': shape('qwen3moe', 48, (32, 4), 151936, 2048, MOE, 128),
    'falcon-7b': shape('falcon', 32, (71, 1), 65024, 4544, ['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down']),
    'falcon-gated': shape('falcon', 20, (8, 8), 65024, 4544, tied=True),
    'phi3-mini': shape('phi3', 32, (32, 32), 32064, 3072, ['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down']),
    'deepseek2-lite': shape('deepseek2', 27, (16, 16), 102400, 2048, experts=64,
                            groups=[(0, 0, LATENT + FEED_FORWARD), (1, 26, LATENT + EXPERTS + SHARED)],
                            more={'attention.kv_lora_rank': 512, 'leading_dense_block_count': 1, 'expert_shared_count': 2}),
    'two-experts-last-layer-first': shape('qwen3moe', 16, (4, 2), 32000, 256, groups=[(15, 0, MOE + SHARED)], experts=2),
    'four-experts-tied': shape('qwen3moe', 16, (8, 8), 32000, 256, MOE, experts=4, tied=True),
    'rows-that-do-not-interleave': shape('llama', 8, (8, 4), 32000, 256, rows=18),
    'dflash-draft': shape('dflash-draft', 12, (32, 8), 151936, 4096),
}


def tensors(model):
    head, *tail = model['outer']
    yield head[0] + '.weight', head[1]
    for first, last, parts in model['groups']:
        step = 1 if last >= first else -1
        for i in range(first, last + step, step):
            for part, dimensions in parts:
                yield f'blk.{i}.{part}.weight', dimensions
    for name, dimensions in tail:
        yield name + '.weight', dimensions


def string(text):
    return struct.pack('<Q', len(text)) + text.encode()


def write_model(path, model):
    arch, layers, heads, key_value_heads, experts, vocabulary, embedding = model['facts']
    numbers = {
        'context_length': 512, 'embedding_length': embedding, 'block_count': layers, 'feed_forward_length': 256,
        'attention.head_count': heads, 'attention.head_count_kv': key_value_heads, 'vocab_size': vocabulary,
        'expert_count': experts, 'expert_used_count': min(experts, 2), 'expert_feed_forward_length': 256, **model['more'],
    }
    pairs = [string('general.architecture') + struct.pack('<I', 8) + string(arch)]
    pairs += [string(f'{arch}.{key}') + struct.pack('<If' if isinstance(value, float) else '<II', 6 if isinstance(value, float) else 4, value)
              for key, value in numbers.items()]
    pairs.append(string(f'{arch}.attention.layer_norm_rms_epsilon') + struct.pack('<If', 6, 1e-5))
    pairs.append(string(f'{arch}.attention.layer_norm_epsilon') + struct.pack('<If', 6, 1e-5))
    table, offset, count = b'', 0, 0
    for name, dimensions in tensors(model):
        vector = len(dimensions) == 1
        table += string(name) + struct.pack(f'<I{len(dimensions)}QIQ', len(dimensions), *dimensions, 0 if vector else 30, offset)
        size = 4 if vector else 2
        for length in dimensions:
            size *= length
        offset, count = offset + (size + 31) // 32 * 32, count + 1
    header = b'GGUF' + struct.pack('<IQQ', 3, count, len(pairs)) + b''.join(pairs) + table
    with open(path, 'wb') as out:
        out.write(header + bytes(-len(header) % 32))
        out.truncate(out.tell() + offset)


def ranges(numbers):
    """0,1,2,5 as 0-2,5"""
    out, numbers = [], sorted(numbers)
    for number in numbers:
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ','.join(str(a) if a == b else f'{a}-{b}' for a, b in out)


def section(ftype, importance, found):
    main = Counter(found.values()).most_common(1)[0][0]
    layers = {}
    for name, kind in found.items():
        match = re.match(r'blk\.(\d+)\.(\w+)\.weight', name)
        part, number = (match[2], int(match[1])) if match else (name.removesuffix('.weight'), None)
        if kind != main:
            layers.setdefault((part, kind), []).append(number)
    lines = [f'[{ftype} {importance}] {main}']
    for (part, kind), numbers in layers.items():
        lines.append(f'{part} {kind}' + ('' if numbers == [None] else ' ' + ranges(numbers)))
    return lines


def write_golden(out_folder, title, runs):
    """runs: {(ftype, 'without' or 'with' importance): {name: type, or kept}}"""
    shape, ftypes = SHAPES[title], dict.fromkeys(ftype for ftype, _ in runs)
    names = [name for name, _ in tensors(shape)]
    kept = {name for name in names if all(found[name] == 'kept' for found in runs.values())}
    facts = dict(zip(['architecture', 'layers', 'heads', 'key-value-heads', 'experts', 'vocabulary', 'embedding'], shape['facts']))
    lines = [f'{key} {value}' for key, value in facts.items()] + ['']

    def tensor_lines(prefix, example, parts):
        for part, dimensions in parts:
            mark = ' kept' if f'{example}{part}.weight' in kept else ''
            lines.append(f'{prefix}{part} ' + ' '.join(map(str, dimensions)) + mark)
    tensor_lines('', '', shape['outer'][:1])
    for first, last, parts in shape['groups']:
        lines.append(f'layers {first} {last}')
        tensor_lines('  ', f'blk.{first}.', parts)
    tensor_lines('', '', shape['outer'][1:])
    for ftype in ftypes:
        without, with_ = [{name: kind for name, kind in runs[ftype, importance].items() if name not in kept}
                          for importance in ['without', 'with']]
        lines.append('')
        if without == with_:
            lines += section(ftype, 'both', without)
        else:
            lines += section(ftype, 'without', without) + [''] + section(ftype, 'with', with_)
    with open(os.path.join(out_folder, title + '.txt'), 'w') as out:
        out.write('\n'.join(lines) + '\n')

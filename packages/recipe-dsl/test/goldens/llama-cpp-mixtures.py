"""Ask the library of llama.cpp which type it gives each tensor of models of many shapes, for every file type.

usage: python3 llama-cpp-mixtures.py FOLDER_OF_LIBLLAMA OUT_FOLDER [SHAPE ...]
llama_model_quantize with dry_run tells the types without quantizing. Writes one text file for each shape. Shares no code
with this package.
"""
import ctypes
import glob
import os
import re
import sys
import tempfile

from shapes import ATTENTION, FEED_FORWARD, EXPERTS, SHAPES, SHARED, shape, tensors, write_golden, write_model

# Not of ik_llama.cpp, which does not know these architectures or keeps other tensors.
del SHAPES['dflash-draft']
SMALL = ['altup_proj', 'laurel_l', 'ssm_conv1d', 'shortconv.conv', 'indexer.k_proj', 'indexer.q_proj', 'attn_rel_b', 'ffn_gate_tid2eid',
         *[f'time_mix_{part}' for part in ['first', 'w0', 'w1', 'w2', 'v0', 'v1', 'v2', 'a0', 'a1', 'a2', 'g1', 'g2',
                                           'decay_w1', 'decay_w2', 'lerp_fused', 'key']],
         'attn_q', 'ssm_x', 'ssm_dt']
OUTSIDE = ['per_layer_model_proj', 'per_layer_token_embd', 'v.position_embd', 'v.sam.pos_embd', 'sam.neck.0', 'sam.net_2', 'v.blk.0.rel_pos_h',
           'v.patch_embd', 'v.patch_merger', 'a.rvq.codebook.0', 'mm.a.code_embd', 'mm.2']
SHAPES |= {
    'last-layer-first': shape('llama', 16, (8, 8), 32000, 256, groups=[(15, 0, ATTENTION + FEED_FORWARD)]),
    'deci-70b': shape('deci', 80, (64, 8), 128256, 8192),
    'llama-embed-70b': shape('llama-embed', 80, (64, 8), 128256, 8192),
    'olmo-70b': shape('olmo', 80, (64, 8), 50304, 8192),
    'mixtral-of-80-layers': shape('llama', 80, (64, 8), 32000, 8192, ATTENTION + EXPERTS, 8),
    'glm4moe': shape('glm4moe', 47, (96, 8), 151552, 4096, experts=128,
                     groups=[(0, 0, ATTENTION + FEED_FORWARD), (1, 46, ATTENTION + EXPERTS + SHARED)],
                     more={'leading_dense_block_count': 1, 'expert_shared_count': 1, 'nextn_predict_layers': 1}),
    'small-matrices': shape('llama', 2, (8, 8), 32000, 256, SMALL),
    'small-matrices-tied': shape('llama', 2, (8, 8), 32000, 256, SMALL, tied=True),
}
for title in ['small-matrices', 'small-matrices-tied']:
    SHAPES[title]['outer'] += [(part, [256, 16]) for part in OUTSIDE]

FTYPES = {
    'F32': 0, 'F16': 1, 'BF16': 32, 'Q1_0': 40, 'Q2_0': 41, 'Q4_0': 2, 'Q4_1': 3, 'MXFP4_MOE': 38, 'Q5_0': 8, 'Q5_1': 9, 'Q8_0': 7,
    'IQ2_XXS': 19, 'IQ2_XS': 20, 'IQ2_S': 28, 'IQ2_M': 29, 'IQ1_S': 24, 'IQ1_M': 31, 'TQ1_0': 36, 'TQ2_0': 37, 'Q2_K': 10, 'Q2_K_S': 21,
    'IQ3_XXS': 23, 'IQ3_XS': 22, 'IQ3_S': 26, 'IQ3_M': 27, 'Q3_K_S': 11, 'Q3_K_M': 12, 'Q3_K_L': 13, 'IQ4_NL': 25, 'IQ4_XS': 30,
    'Q4_K_S': 14, 'Q4_K_M': 15, 'Q5_K_S': 16, 'Q5_K_M': 17, 'Q6_K': 18,
}


class Importance(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('data', ctypes.POINTER(ctypes.c_float)), ('size', ctypes.c_size_t)]


class Parameters(ctypes.Structure):
    _fields_ = [
        ('threads', ctypes.c_int32), ('ftype', ctypes.c_int), ('output_type', ctypes.c_int), ('embedding_type', ctypes.c_int),
        *[(name, ctypes.c_bool) for name in ['allow_requantize', 'quantize_output', 'only_copy', 'pure', 'keep_split', 'dry_run']],
        ('importance', ctypes.POINTER(Importance)), ('overrides', ctypes.c_void_p), ('types', ctypes.c_void_p), ('prune', ctypes.c_void_p),
    ]


class Library:
    def __init__(self, folder):
        self.llama = ctypes.CDLL(glob.glob(os.path.join(folder, 'libllama.*so'))[0])
        self.llama.llama_model_quantize_default_params.restype = Parameters
        self.llama.llama_model_quantize.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Parameters)]
        self.text = []
        logger = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
        self.logger = logger(lambda _level, text, _data: self.text.append(text.decode('utf-8', 'replace')))
        self.llama.llama_log_set(self.logger, None)
        one = ctypes.c_float(1)
        self.importance = (Importance * 2)(Importance(b'x', ctypes.pointer(one), 1), Importance())

    def types(self, model, ftype, has_importance):
        """{name: type} of the tensors that get another type than they have; the others are kept."""
        parameters = self.llama.llama_model_quantize_default_params()
        parameters.threads, parameters.ftype, parameters.dry_run = 1, FTYPES[ftype], True
        if has_importance:
            parameters.importance = self.importance
        self.text.clear()
        failed = self.llama.llama_model_quantize(model.encode(), b'unused', ctypes.byref(parameters))
        text = ''.join(self.text)
        if failed:
            raise RuntimeError(text[-500:])
        found = {}
        for line in re.split(r'(?=\[ *\d+/ *\d+\] )', text)[1:]:
            name = re.match(r'\[ *\d+/ *\d+\] +(\S+) +- ', line)[1]
            converted = re.search(r'MiB -> .*MiB \((\w+)\)', line)
            found[name] = converted[1] if converted else 'kept'
        return found


def ask(library, folder, out_folder, title):
    model, names, runs = os.path.join(folder, 'model.gguf'), [name for name, _ in tensors(SHAPES[title])], {}
    write_model(model, SHAPES[title])
    for ftype in FTYPES:
        for importance in ['without', 'with']:
            found = library.types(model, ftype, importance == 'with')
            assert sorted(found) == sorted(names), (title, ftype)
            runs[ftype, importance] = {name: found[name] for name in names}
    write_golden(out_folder, title, runs)


def main(library_folder, out_folder, *titles):
    library = Library(library_folder)
    with tempfile.TemporaryDirectory() as folder:
        for title in titles or SHAPES:
            try:
                ask(library, folder, out_folder, title)
                print(title, flush=True)
            except (RuntimeError, AssertionError) as error:
                print(title, 'refused:', error, flush=True)


main(*sys.argv[1:])

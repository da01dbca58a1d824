"""Ask llama-quantize of ik_llama.cpp which type it gives each tensor of models of many shapes, for every file type.

usage: python3 peer-mixtures.py LLAMA_QUANTIZE OUT_FOLDER [SHAPE ...]
--dry-run prints the types without quantizing. Writes one text file for each shape. Shares no code with this package.
"""
import os
import re
import struct
import subprocess
import sys
import tempfile

from shapes import SHAPES, tensors, write_golden, write_model

FTYPES = """F32 F16 BF16 BF16_R16 Q4_0 Q4_1 Q5_0 Q5_1 Q6_0 Q8_0 Q8_KV MXFP4 Q2_K Q2_K_S Q3_K Q3_K_S Q3_K_M Q3_K_L Q4_K Q4_K_S Q4_K_M
Q5_K Q5_K_S Q5_K_M Q6_K IQ1_S IQ1_M IQ2_XXS IQ2_XS IQ2_S IQ2_M IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_NL IQ4_XS IQ2_KS IQ2_K IQ2_KL IQ3_KS
IQ3_K IQ3_KL IQ4_KSS IQ4_KS IQ4_K IQ5_KS IQ5_K IQ6_K IQ1_KT IQ2_KT IQ3_KT IQ4_KT IQ1_BN IQ2_BN Q4_0_4_4 Q4_0_4_8 Q4_0_8_8 Q4_0_R8
Q5_0_R4 Q6_0_R4 Q8_0_R8 Q8_K_R8 Q8_KV_R8 MXFP4_R8 Q2_K_R4 Q3_K_R4 Q4_K_R4 Q5_K_R4 Q6_K_R4 IQ1_S_R4 IQ1_M_R4 IQ2_XXS_R4 IQ2_XS_R4
IQ2_M_R4 IQ3_XXS_R4 IQ3_S_R4 IQ4_NL_R4 IQ4_XS_R8 IQ2_K_R4 IQ3_K_R4 IQ4_K_R4 IQ5_K_R4 IQ4_KS_R4 IQ5_KS_R4 IQ2_BN_R4""".split()


def types(program, model, ftype, options):
    out = subprocess.run([program, '--dry-run', '--ignore-imatrix-rules', *options, model, os.devnull, ftype, '1'],
                         capture_output=True, text=True)
    text = out.stdout + out.stderr
    assert out.returncode == 0, (ftype, text[-2000:])
    found = {}
    for line in re.split(r'(?=\[ *\d+/ *\d+\] )', text)[1:]:
        name = re.match(r'\[ *\d+/ *\d+\] +(\S+) - ', line)[1]
        converted = re.search(r'converting to (\w+) ', line)
        found[name] = converted[1] if converted else 'kept'
    return found


def ask(program, folder, out_folder, title):
    runs = {}
    model, imatrix = os.path.join(folder, 'model.gguf'), os.path.join(folder, 'some.dat')
    with open(imatrix, 'wb') as out:
        out.write(struct.pack('<ii1siif', 1, 1, b'x', 1, 1, 1.0))
    write_model(model, SHAPES[title])
    for ftype in FTYPES:
        for importance in ['without', 'with']:
            found = types(program, model, ftype, ['--imatrix', imatrix] if importance == 'with' else [])
            assert list(found) == [name for name, _ in tensors(SHAPES[title])], (title, ftype)
            runs[ftype, importance] = found
    write_golden(out_folder, title, runs)


def main(program, out_folder, *titles):
    with tempfile.TemporaryDirectory() as folder:
        for title in titles or SHAPES:
            ask(program, folder, out_folder, title)
            print(title, flush=True)


main(*sys.argv[1:])

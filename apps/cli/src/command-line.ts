import { group, merge, object, or } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { PROGRAMS } from '@halftone/recipe-dsl';
import { bench } from './bench-command';
import { choose } from './choice-command';
import { compare } from './compare-command';
import { kld, perplexity } from './evaluate-commands';
import { evaluate } from './evaluate-tools-command';
import { imatrix } from './imatrix-command';
import { json } from './json-option';
import { MAX_THREADS } from '@halftone/tensor-kernels';
import { run } from './run-command';
import { serve } from './serve-command';
import { tokenize } from './tokenize-command';
import { typeOption, typeOptions } from './type-options';

const recipe = group(
  'Recipe',
  object({
    recipe: optional(
      option('--recipe', string({ metavar: 'FILE' }), {
        description: message`Rules from a file: one PATTERN=TYPE a line with # comments, or a shell script that holds them.`,
      }),
    ),
    customQ: multiple(
      option('--custom-q', string({ metavar: 'RULES' }), {
        description: message`Rules as one string: PATTERN=TYPE,PATTERN=TYPE. May be repeated.`,
      }),
    ),
    imatrix: optional(
      option('--imatrix', string({ metavar: 'FILE' }), {
        description: message`Importance matrix: which columns of each weight matter.`,
      }),
    ),
    strict: withDefault(
      flag('--strict', {
        description: message`Make an error of a rule that matched nothing, a type that had to give way, a type that cannot be written, or a missing importance.`,
      }),
      false,
    ),
    types: typeOptions,
    extraOutputTensor: typeOption('--extra-output-tensor', 'a second output matrix, output_extra.weight'),
    overrideKv: multiple(
      option('--override-kv', string({ metavar: 'KEY=TYPE:VALUE' }), {
        description: message`Metadata that take the place of those of the source, or are added: TYPE is int, float, bool or str. May be repeated.`,
      }),
    ),
    mixture: optional(
      option('--mixture', choice(PROGRAMS, { metavar: 'PROGRAM' }), {
        description: message`Whose mixture FTYPE names: ik_llama.cpp, which is taken if not given, or llama.cpp, with types that it can load.`,
      }),
    ),
    pure: withDefault(
      flag('--pure', {
        description: message`Give every tensor without a rule the type of FTYPE, whatever its mixture says.`,
      }),
      false,
    ),
    leaveOutputTensor: withDefault(
      flag('--leave-output-tensor', { description: message`Keep output.weight as it is.` }),
      false,
    ),
    ignoreImatrixRules: withDefault(
      flag('--ignore-imatrix-rules', {
        description: message`Encode without importance, all columns alike, what is of no use without it.`,
      }),
      false,
    ),
    allowRequantize: withDefault(
      flag('--allow-requantize', {
        description: message`Accept a source whose tensors are quantized already. The result is worse than from BF16.`,
      }),
      false,
    ),
  }),
);

const inspect = command(
  'inspect',
  merge(object({ command: constant('inspect'), file: argument(string({ metavar: 'FILE' })) }), json),
  {
    brief: message`Show the metadata, the tensors and the totals by type of a GGUF file.`,
    description: message`Show the metadata, the tensors and the totals by type of a GGUF file. A file that holds a header alone will do.`,
    footer: message`Example: halftone inspect model.gguf`,
  },
);

const plan = command(
  'plan',
  merge(
    object({
      command: constant('plan'),
      file: argument(string({ metavar: 'FILE' }), {
        description: message`The GGUF file, or its header alone.`,
      }),
      ftype: optional(
        argument(string({ metavar: 'FTYPE' }), {
          description: message`Type of the tensors that no rule names, by the names of ik_llama.cpp, or of llama.cpp with --mixture llama.cpp. IQ4_KSS if not given.`,
        }),
      ),
    }),
    recipe,
    json,
  ),
  {
    brief: message`Say which type each tensor would get, why, and how large the file would be.`,
    description: message`Say which type each tensor would get, why, and how large the file would be. Reads the header alone and writes nothing.`,
    footer: message`Example: halftone plan model-BF16.gguf --recipe mix.recipe IQ4_KSS`,
  },
);

const quantize = command(
  'quantize',
  merge(
    object({
      command: constant('quantize'),
      input: argument(string({ metavar: 'IN' }), {
        description: message`The GGUF file to quantize: BF16, F16 or F32.`,
      }),
      // Which of these is OUT and which is FTYPE is decided by what they say: see `quantizeWords`.
      words: multiple(
        argument(string({ metavar: '[OUT] FTYPE [THREADS]' }), {
          description: message`The output; ggml-model-FTYPE.gguf beside IN if left out. The type of the tensors that no rule names, such as IQ4_KSS or Q8_0. The number of encoder threads.`,
        }),
        { min: 1, max: 3 },
      ),
      threads: optional(
        option('-t', '--threads', integer({ min: 1, max: MAX_THREADS }), {
          description: message`Encoder threads. Every number gives the same bytes. As many as the machine has cores if not given.`,
        }),
      ),
      hideProvenance: withDefault(
        flag('--hide-provenance', {
          description: message`Leave the recipe, the importance matrix and the tool out of the metadata.`,
        }),
        false,
      ),
      only: multiple(
        option('--only', string({ metavar: 'PATTERN' }), {
          description: message`Make the tensors again whose names match, and keep the others as they are in OUT, which an earlier run has made. May be repeated.`,
        }),
      ),
      restart: withDefault(
        flag('--restart', {
          description: message`Throw away what an earlier run has left unfinished beside OUT. Without it, the same command goes on where that run ended.`,
        }),
        false,
      ),
      keepSplit: withDefault(
        flag('--keep-split', {
          description: message`Write as many files as the model is in, each with the same tensors: OUT-00001-of-00003.gguf and so on. The whole model is written first, so the disk needs room for both.`,
        }),
        false,
      ),
      repack: withDefault(
        flag('--repack', {
          description: message`Quantize nothing: interleave the rows of all quantized tensors whose type has such a form, q4_K to q4_k_r4 and so on. No bit is lost; FTYPE may be left out.`,
        }),
        false,
      ),
      unpack: withDefault(
        flag('--unpack', { description: message`The way back: take rows apart that are interleaved.` }),
        false,
      ),
      repackPattern: multiple(
        option('--repack-pattern', string({ metavar: 'PATTERNS' }), {
          description: message`Repack or unpack only tensors whose names match one of these, separated by commas. May be repeated.`,
        }),
      ),
      dryRun: withDefault(
        flag('--dry-run', {
          description: message`Print the plan and write nothing; fail where quantizing would be refused.`,
        }),
        false,
      ),
    }),
    recipe,
    json,
  ),
  {
    brief: message`Quantize a GGUF file by a recipe.`,
    description: message`Quantize a GGUF file by a recipe. The words stand in the order that users of llama-quantize know. The output appears under its name when it is whole; until then an older file of that name stays as it was. A run that ends early, by Ctrl-C or otherwise, leaves OUT.partial and OUT.partial.journal: the same command goes on behind the last tensor that was whole, and gives the same bytes.`,
    usageLine: [{ type: 'literal', value: '[OPTIONS] IN [OUT] FTYPE [THREADS]' }],
    footer: message`Example: halftone quantize --recipe mix.recipe --imatrix imatrix.dat in-BF16.gguf out.gguf IQ4_KSS`,
  },
);

const demo = command(
  'demo',
  merge(
    object({
      command: constant('demo'),
      keep: optional(
        option('--keep', string({ metavar: 'FILE' }), {
          description: message`Keep the quantized demo model under this name.`,
        }),
      ),
    }),
    json,
  ),
  {
    brief: message`Do it all on the demo model that comes with Halftone.`,
    description: message`Do it all on the demo model that comes with Halftone, a real one of 10 million weights: learn which weights matter, quantize by the published recipe, measure what was lost, and ask both models the same question.`,
    footer: message`Example: halftone demo --keep demo-IQ4_KSS.gguf`,
  },
);

const doctor = command('doctor', merge(object({ command: constant('doctor') }), json), {
  brief: message`Tell which backends run on this machine, and which one is in use and why.`,
});

const formats = command('formats', merge(object({ command: constant('formats') }), json), {
  brief: message`List all quantized types: their bits, what they need, and where they run.`,
  description: message`List all types that a plan can name: their bits for each weight, the weights in a block, whether importance is needed to encode them, how fast that is (none: they are only read), and what runs them on this machine.`,
  footer: message`Example: halftone formats --json`,
});

/** The whole command line of `halftone`, in two parts: `or` takes fifteen at most. */
export const commandLine = or(
  or(run, serve, inspect, plan, quantize, compare, imatrix),
  or(perplexity, kld, evaluate, choose, tokenize, bench, demo, formats, doctor),
);

/** What the command line was understood as. */
export type Request = InferValue<typeof commandLine>;
/** What `halftone inspect` was asked for. */
export type InspectRequest = InferValue<typeof inspect>;
/** What `halftone plan` was asked for. */
export type PlanRequest = InferValue<typeof plan>;
/** What `halftone quantize` was asked for. */
export type QuantizeRequest = InferValue<typeof quantize>;
/** What `halftone formats` was asked for. */
export type FormatsRequest = InferValue<typeof formats>;
/** What `halftone doctor` was asked for. */
export type DoctorRequest = InferValue<typeof doctor>;
/** What `halftone demo` was asked for. */
export type DemoRequest = InferValue<typeof demo>;

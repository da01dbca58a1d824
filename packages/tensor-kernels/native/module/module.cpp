// The WebAssembly module: the table of functions as exports. `src/wasm-kernels.ts` calls them, and owns the memory from
// `__heap_base` on: it puts arguments there, and checks lengths.
#include "../simd/portable.hpp"

#include "../isa/program_table.hpp"
#include "../isa/table.hpp"

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace halftone {
namespace {
constexpr ProgramKernels programs = programKernels();
constexpr Kernels kernels = kernelsFor("simd128", &programs);
}

EXPORT(formatCount) size_t formatCount() { return kernels.formatCount; }

/** The name of a format, ended by a zero byte. */
EXPORT(formatName) const char* formatName(size_t format) { return kernels.formats[format].name; }

EXPORT(scratchBytes) size_t scratchBytesOf(size_t format, size_t columns) {
  return kernels.formats[format].scratchBytes(columns);
}

EXPORT(decodeRows)
void decodeRowsOf(size_t format, const uint8_t* bytes, size_t rows, size_t columns, float* out) {
  kernels.formats[format].decodeRows(bytes, rows, columns, out);
}

EXPORT(encodeRows)
void encodeRowsOf(size_t format, const float* weights, size_t rows, size_t columns, const float* importance, uint8_t* out,
                  void* scratch) {
  kernels.formats[format].encodeRows(weights, rows, columns, importance, out, scratch);
}

EXPORT(firstBeyond) size_t firstBeyondOf(const float* values, size_t length, double limit) {
  return firstBeyond(values, length, limit);
}

EXPORT(squareErrors)
void squareErrorsOf(const float* weights, const float* decoded, size_t rows, size_t columns, const float* importance,
                    SquareErrors* sums) {
  squareErrors(weights, decoded, rows, columns, importance, *sums);
}

EXPORT(bufferBytes) size_t bufferBytes() { return sizeof(Buffer); }

/** Fill in a place of a table of buffers; `kind` 0 leaves nothing there. */
EXPORT(setBuffer)
void setBuffer(Buffer* buffers, size_t handle, BufferKind kind, uint32_t format, uint8_t* data, size_t length, size_t width,
               size_t experts) {
  buffers[handle] = {kind, format, data, length, width, experts};
}

namespace {

Threads alone = {1, nullptr};

/** `outcome` gets the fault, the op, what was found and what was allowed. */
void tell(const Failure& failure, double* outcome) {
  outcome[0] = (double)failure.fault;
  outcome[1] = (double)failure.op;
  outcome[2] = (double)failure.found;
  outcome[3] = (double)failure.allowed;
}

}  // namespace

/** How many bytes of scratch a run needs. */
EXPORT(checkProgram)
size_t checkProgramOf(const Buffer* buffers, size_t bufferCount, const uint32_t* words, size_t wordCount, size_t tokens,
                      size_t outputs, double* outcome) {
  const Run run = {kernels.formats, kernels.formatCount, buffers, bufferCount, words, wordCount, tokens, outputs, &alone, 16, nullptr};
  size_t scratchBytes = 0;
  tell(programs.checkProgram(run, scratchBytes), outcome);
  return scratchBytes;
}

EXPORT(runProgram)
void runProgramOf(const Buffer* buffers, size_t bufferCount, const uint32_t* words, size_t wordCount, size_t tokens,
                  size_t outputs, void* scratch, double* outcome) {
  const Run run = {kernels.formats, kernels.formatCount, buffers, bufferCount, words, wordCount, tokens, outputs, &alone, 16, scratch};
  tell(programs.runProgram(run), outcome);
}

}  // namespace halftone

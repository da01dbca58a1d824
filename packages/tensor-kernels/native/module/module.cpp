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

}  // namespace halftone

// The Node addon: the tables of functions behind Node-API. `src/node-addon.ts` has the types of what it exports.
#include <new>

#include "devices.hpp"
#include "functions.hpp"

namespace halftone {
namespace {

using Bytes = unsigned char;

/** How many rows of `columns` weights `weights` and `bytes` both hold. */
size_t countRows(const FormatKernels& format, size_t columns, size_t weights, size_t bytes) {
  if (columns % format.blockLength != 0 || weights % columns != 0) throw BadCall{"these are not whole rows"};
  const size_t rows = weights / columns;
  const size_t rowBytes = format.rowPrefixBytes + columns / format.blockLength * format.bytesPerBlock;
  if (rows * rowBytes != bytes) throw BadCall{"weights and bytes do not fit each other"};
  return rows;
}

void checkImportance(Span<float> importance, size_t columns) {
  if (importance.items != nullptr && importance.length != columns) {
    throw BadCall{"there is not one value of importance per column"};
  }
}

/** Memory for one call. */
class Scratch {
 public:
  explicit Scratch(size_t bytes) : memory(::operator new(bytes, std::align_val_t(ALIGNMENT), std::nothrow)) {
    if (memory == nullptr) throw BadCall{"out of memory"};
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { ::operator delete(memory, std::align_val_t(ALIGNMENT)); }
  void* get() const { return memory; }

 private:
  static constexpr size_t ALIGNMENT = 64;
  void* memory;
};

/** `decodeRows(instructionSet, format, bytes, columns, out)` */
napi_value decodeRows(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  const FormatKernels& format = formatAt(kernelsAt(arguments.whole(0, 0)), arguments.whole(1, 0));
  const auto bytes = arguments.array<Bytes>(2);
  const size_t columns = arguments.whole(3, 1);
  const auto out = arguments.array<float>(4);
  format.decodeRows(bytes.items, countRows(format, columns, out.length, bytes.length), columns, out.items);
  return nullptr;
}

/** `encodeRows(instructionSet, format, weights, columns, importance, out)` */
napi_value encodeRows(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  const FormatKernels& format = formatAt(kernelsAt(arguments.whole(0, 0)), arguments.whole(1, 0));
  const auto weights = arguments.array<float>(2);
  const size_t columns = arguments.whole(3, 1);
  const auto importance = arguments.optionalArray<float>(4);
  const auto out = arguments.array<Bytes>(5);
  const size_t rows = countRows(format, columns, weights.length, out.length);
  checkImportance(importance, columns);
  if (format.encodeRows == nullptr) throw BadCall{"rows of this format are only decoded"};
  if (rows == 0) return nullptr;
  const Scratch scratch(format.scratchBytes(columns));
  format.encodeRows(weights.items, rows, columns, importance.items, out.items, scratch.get());
  return nullptr;
}

/** `firstBeyond(instructionSet, weights, limit)`: the place, or the number of weights if there is none. */
napi_value firstBeyond(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const Kernels& kernels = kernelsAt(arguments.whole(0, 0));
  const auto weights = arguments.array<float>(1);
  const size_t place = kernels.firstBeyond(weights.items, weights.length, arguments.number(2));
  napi_value result = nullptr;
  napi_create_double(env, (double)place, &result);
  return result;
}

/** `squareErrors(instructionSet, weights, decoded, columns, importance, sums)` adds to the four sums. */
napi_value squareErrors(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  const Kernels& kernels = kernelsAt(arguments.whole(0, 0));
  const auto weights = arguments.array<float>(1);
  const auto decoded = arguments.array<float>(2);
  const size_t columns = arguments.whole(3, 1);
  const auto importance = arguments.optionalArray<float>(4);
  const auto sums = arguments.array<double>(5);
  if (weights.length % columns != 0) throw BadCall{"these are not whole rows"};
  if (decoded.length != weights.length) throw BadCall{"weights and decoded weights do not fit each other"};
  if (sums.length != 4) throw BadCall{"there are not four sums"};
  checkImportance(importance, columns);
  SquareErrors total = {sums.items[0], sums.items[1], sums.items[2], sums.items[3]};
  kernels.squareErrors(weights.items, decoded.items, weights.length / columns, columns, importance.items, total);
  sums.items[0] = total.error;
  sums.items[1] = total.energy;
  sums.items[2] = total.weightedError;
  sums.items[3] = total.weightedEnergy;
  return nullptr;
}

napi_value appendString(napi_env env, napi_value array, uint32_t index, const char* text) {
  napi_value string;
  if (napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &string) == napi_ok) {
    napi_set_element(env, array, index, string);
  }
  return array;
}

/** `instructionSets` and `formats`: names, in the order in which calls count them. */
void exportNames(napi_env env, napi_value exports) {
  napi_value instructionSets;
  napi_value formats;
  if (napi_create_array(env, &instructionSets) != napi_ok || napi_create_array(env, &formats) != napi_ok) return;
  const Kernels* const* available = availableKernels();
  for (uint32_t i = 0; available[i] != nullptr; i++) {
    appendString(env, instructionSets, i, available[i]->instructionSet);
  }
  for (uint32_t i = 0; i < available[0]->formatCount; i++) appendString(env, formats, i, available[0]->formats[i].name);
  napi_set_named_property(env, exports, "instructionSets", instructionSets);
  napi_set_named_property(env, exports, "formats", formats);
}

}  // namespace
}  // namespace halftone

NAPI_MODULE_INIT() {
  using namespace halftone;
  exportNames(env, exports);
  exportFunction<decodeRows>(env, exports, "decodeRows");
  exportFunction<encodeRows>(env, exports, "encodeRows");
  exportFunction<firstBeyond>(env, exports, "firstBeyond");
  exportFunction<squareErrors>(env, exports, "squareErrors");
  exportDevices(env, exports);
  return exports;
}

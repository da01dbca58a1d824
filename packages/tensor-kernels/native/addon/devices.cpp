// Devices behind Node-API. A device is an object that only these functions can look into; buffers and programs are numbers. Nothing
// may be done with a device while it runs a program, but to add buffers.
#include "devices.hpp"

#include <string.h>

#include <system_error>

#include "../device/device.hpp"
#include "functions.hpp"

namespace halftone {
namespace {

/** More than any machine has; each takes a stack. */
constexpr size_t MAX_THREADS = 1024;

struct DeviceObject {
  /** Any number that nobody else has. */
  static constexpr napi_type_tag tag = {0x68616c66746f6e65, 0x6465766963650001};

  Device& open() const {
    if (device == nullptr) throw BadCall{"the device is closed"};
    return *device;
  }
  Device& idle() const {
    if (isRunning) throw BadCall{"the device runs a program"};
    return open();
  }

  std::unique_ptr<Device> device;
  bool isRunning = false;
};

void check(napi_status status) {
  if (status != napi_ok) throw BadCall{"Node-API refuses a call"};
}

template <size_t Count>
Handle bufferOf(const Arguments<Count>& arguments, const Device& device, size_t index) {
  const Handle handle = (Handle)arguments.whole(index, 0, Device::NO_HANDLE);
  if (device.bufferAt(handle) == nullptr) throw BadCall{"there is no such buffer"};
  return handle;
}

napi_value handleOrThrow(napi_env env, Handle handle) {
  if (handle == Device::NO_HANDLE) throw Refusal{"out-of-memory", "there is not enough memory for a buffer, or there are too many"};
  napi_value value;
  check(napi_create_uint32(env, handle, &value));
  return value;
}

/** A product of numbers of a call, which may be any. */
size_t multiplied(size_t a, size_t b, size_t c = 1) {
  size_t product;
  if (__builtin_mul_overflow(a, b, &product) || __builtin_mul_overflow(product, c, &product)) {
    throw Refusal{"out-of-memory", "so large a buffer cannot be had"};
  }
  return product;
}

/** `openDevice(instructionSet, threads, activationBits)` */
napi_value openDevice(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const Kernels& kernels = kernelsAt(arguments.whole(0, 0));
  const size_t threads = arguments.whole(1, 1, MAX_THREADS);
  const int bits = (int)arguments.whole(2, 8, 16);
  auto object = std::make_unique<DeviceObject>();
  try {
    object->device = std::make_unique<Device>(kernels, threads, bits);
  } catch (const std::system_error&) {
    throw Refusal{"out-of-memory", "so many threads cannot be had"};
  }
  napi_value value;
  check(napi_create_object(env, &value));
  check(napi_type_tag_object(env, value, &DeviceObject::tag));
  const napi_finalize finalize = [](napi_env, void* data, void*) { delete (DeviceObject*)data; };
  check(napi_wrap(env, value, object.get(), finalize, nullptr, nullptr));
  object.release();
  return value;
}

/** `closeDevice(device)` gives everything back. A device that is closed may be closed again. */
napi_value closeDevice(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  auto& object = arguments.wrapped<DeviceObject>(0);
  if (object.isRunning) throw BadCall{"the device runs a program"};
  object.device.reset();
  return nullptr;
}

/** `addValues(device, length)` and `addIndices(device, length)` */
template <BufferKind Kind>
napi_value addNumbers(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const size_t length = arguments.whole(1, 0);
  Buffer buffer = {};
  buffer.kind = Kind;
  buffer.length = length;
  return handleOrThrow(env, arguments.wrapped<DeviceObject>(0).open().add(buffer, multiplied(length, 4)));
}

/** `addCache(device, format, cells, width)` */
napi_value addCache(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  Buffer buffer = {};
  buffer.kind = BufferKind::cache;
  buffer.format = (uint32_t)arguments.whole(1, 0, (size_t)CacheFormat::q8_0);
  buffer.length = arguments.whole(2, 0);
  buffer.width = arguments.whole(3, 1);
  const size_t bytes = bytesOfCells((CacheFormat)buffer.format, buffer.width);
  if (bytes == 0) throw BadCall{"a cell of this width cannot be stored"};
  return handleOrThrow(env, arguments.wrapped<DeviceObject>(0).open().add(buffer, multiplied(buffer.length, bytes)));
}

/** What the arguments from `index` on say of weights: `format, rows, columns, experts`. */
template <size_t Count>
Buffer weightsOf(const Arguments<Count>& arguments, const Device& device, size_t& bytes) {
  const FormatKernels& format = formatAt(device.kernels, arguments.whole(1, 0));
  Buffer buffer = {};
  buffer.kind = BufferKind::weights;
  buffer.format = (uint32_t)(&format - device.kernels.formats);
  buffer.length = arguments.whole(2, 1);
  buffer.width = arguments.whole(3, 1);
  buffer.experts = arguments.whole(4, 1);
  if (buffer.width % format.blockLength != 0) throw BadCall{"these are not whole rows"};
  const size_t rowBytes = multiplied(buffer.width / format.blockLength, format.bytesPerBlock) + format.rowPrefixBytes;
  bytes = multiplied(multiplied(buffer.length, buffer.experts), rowBytes);
  return buffer;
}

/** `copyWeights(device, format, rows, columns, experts, bytes)` */
napi_value copyWeights(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  Device& device = arguments.wrapped<DeviceObject>(0).open();
  size_t length;
  const Buffer buffer = weightsOf(arguments, device, length);
  const auto bytes = arguments.array<unsigned char>(5);
  if (bytes.length != length) throw BadCall{"these are not the bytes of the weights"};
  const Handle handle = device.add(buffer, length);
  const napi_value value = handleOrThrow(env, handle);
  memcpy(device.bufferAt(handle)->data, bytes.items, length);
  return value;
}

/** `mapWeights(device, format, rows, columns, experts, path, offset)` */
napi_value mapWeights(napi_env env, napi_callback_info info) {
  const Arguments<7> arguments(env, info);
  Device& device = arguments.wrapped<DeviceObject>(0).open();
  size_t length;
  const Buffer buffer = weightsOf(arguments, device, length);
  MappedFile file(arguments.text(5), arguments.whole(6, 0), length);
  if (!file.isMapped()) throw Refusal{file.isTooShort() ? "wrong-length" : "unavailable", file.reason()};
  return handleOrThrow(env, device.add(buffer, std::move(file)));
}

/** `addProgram(device, words)` */
napi_value addProgram(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const auto words = arguments.array<uint32_t>(1);
  return handleOrThrow(env,
                       arguments.wrapped<DeviceObject>(0).open().add(ProgramWords(words.items, words.items + words.length)));
}

/** `release(device, handle)`, of a buffer or a program. */
napi_value release(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Device& device = arguments.wrapped<DeviceObject>(0).idle();
  const Handle handle = (Handle)arguments.whole(1, 0, Device::NO_HANDLE);
  if (device.bufferAt(handle) == nullptr && !device.isProgram(handle)) throw BadCall{"there is no such buffer"};
  device.release(handle);
  return nullptr;
}

/** The bytes of a buffer that a call `(device, handle, offset, bytes)` means. */
unsigned char* bytesInBuffer(const Arguments<4>& arguments, Span<unsigned char> bytes) {
  const Device& device = arguments.wrapped<DeviceObject>(0).idle();
  const Handle handle = bufferOf(arguments, device, 1);
  const size_t offset = arguments.whole(2, 0);
  const size_t length = device.bytesOf(handle);
  if (offset > length || bytes.length > length - offset) throw BadCall{"the bytes do not lie within the buffer"};
  return device.bufferAt(handle)->data + offset;
}

/** `write(device, handle, offset, bytes)` */
napi_value write(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  const auto bytes = arguments.array<unsigned char>(3);
  memcpy(bytesInBuffer(arguments, bytes), bytes.items, bytes.length);
  return nullptr;
}

/** `read(device, handle, offset, bytes)` */
napi_value read(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  const auto bytes = arguments.array<unsigned char>(3);
  memcpy(bytes.items, bytesInBuffer(arguments, bytes), bytes.length);
  return nullptr;
}

/** A failure as `[fault, op, found, allowed]`. */
napi_value toArray(napi_env env, const Failure& failure) {
  napi_value array;
  check(napi_create_array(env, &array));
  uint32_t index = 0;
  for (const double number : {(double)failure.fault, (double)failure.op, (double)failure.found, (double)failure.allowed}) {
    napi_value value;
    check(napi_create_double(env, number, &value));
    check(napi_set_element(env, array, index++, value));
  }
  return array;
}

/** A program that runs while JavaScript goes on. It keeps its device from being collected. */
struct RunningProgram {
  DeviceObject* object;
  napi_ref keepsDevice = nullptr;
  napi_async_work work = nullptr;
  napi_deferred promise = nullptr;
  Failure failure;
};

void completeRun(napi_env env, napi_status, void* data) {
  const std::unique_ptr<RunningProgram> run((RunningProgram*)data);
  run->object->isRunning = false;
  napi_delete_reference(env, run->keepsDevice);
  napi_delete_async_work(env, run->work);
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_resolve_deferred(env, run->promise, toArray(env, run->failure));
  napi_close_handle_scope(env, scope);
}

/** `run(device, program, tokens, outputs)`: a promise of what failed, with a fault of 0 when nothing did. */
napi_value run(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  auto& object = arguments.wrapped<DeviceObject>(0);
  Device& device = object.idle();
  const Handle program = (Handle)arguments.whole(1, 0, Device::NO_HANDLE);
  if (!device.isProgram(program)) throw BadCall{"there is no such program"};
  bool outOfMemory = false;
  const Failure failure = device.prepare(program, arguments.whole(2, 0), arguments.whole(3, 0), outOfMemory);
  if (outOfMemory) throw Refusal{"out-of-memory", "there is not enough memory to run the program"};
  napi_value promise;
  napi_value name;
  auto running = std::make_unique<RunningProgram>();
  running->object = &object;
  running->failure = failure;
  check(napi_create_promise(env, &running->promise, &promise));
  if (failure.fault != Fault::none) {
    check(napi_resolve_deferred(env, running->promise, toArray(env, failure)));
    return promise;
  }
  const napi_async_execute_callback execute = [](napi_env, void* data) {
    RunningProgram& it = *(RunningProgram*)data;
    it.failure = it.object->device->run();
  };
  check(napi_create_string_utf8(env, "halftone", NAPI_AUTO_LENGTH, &name));
  check(napi_create_reference(env, arguments.value(0), 1, &running->keepsDevice));
  check(napi_create_async_work(env, nullptr, name, execute, completeRun, running.get(), &running->work));
  check(napi_queue_async_work(env, running->work));
  object.isRunning = true;
  running.release();
  return promise;
}

}  // namespace

void exportDevices(napi_env env, napi_value exports) {
  exportFunction<openDevice>(env, exports, "openDevice");
  exportFunction<closeDevice>(env, exports, "closeDevice");
  exportFunction<addNumbers<BufferKind::values>>(env, exports, "addValues");
  exportFunction<addNumbers<BufferKind::indices>>(env, exports, "addIndices");
  exportFunction<addCache>(env, exports, "addCache");
  exportFunction<copyWeights>(env, exports, "copyWeights");
  exportFunction<mapWeights>(env, exports, "mapWeights");
  exportFunction<addProgram>(env, exports, "addProgram");
  exportFunction<release>(env, exports, "release");
  exportFunction<write>(env, exports, "write");
  exportFunction<read>(env, exports, "read");
  exportFunction<run>(env, exports, "run");
}

}  // namespace halftone

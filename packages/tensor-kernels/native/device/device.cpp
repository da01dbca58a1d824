#include "device.hpp"

namespace halftone {

Handle Device::freeHandle() {
  if (!released.empty()) {
    const Handle handle = released.back();
    released.pop_back();
    return handle;
  }
  return used < MAX_BUFFERS ? (Handle)used++ : NO_HANDLE;
}

Handle Device::add(Buffer buffer, size_t bytes) {
  Memory memory(bytes);
  if (memory.bytes() == nullptr) return NO_HANDLE;
  const Handle handle = freeHandle();
  if (handle == NO_HANDLE) return handle;
  buffer.data = memory.bytes();
  owners[handle].memory = std::move(memory);
  buffers[handle] = buffer;
  return handle;
}

Handle Device::add(Buffer buffer, MappedFile file) {
  const Handle handle = freeHandle();
  if (handle == NO_HANDLE) return handle;
  buffer.data = file.bytes();
  owners[handle].file = std::move(file);
  buffers[handle] = buffer;
  return handle;
}

Handle Device::add(ProgramWords words) {
  const Handle handle = freeHandle();
  if (handle != NO_HANDLE) owners[handle].words = std::make_unique<ProgramWords>(std::move(words));
  return handle;
}

const Buffer* Device::bufferAt(Handle handle) const {
  return handle < buffers.size() && buffers[handle].kind != BufferKind::none ? &buffers[handle] : nullptr;
}

void Device::release(Handle handle) {
  buffers[handle] = {};
  owners[handle] = {};
  released.push_back(handle);
}

Failure Device::prepare(Handle program, size_t tokens, size_t outputs, bool& outOfMemory) {
  const ProgramWords& words = *owners[program].words;
  prepared = {kernels.formats, kernels.formatCount, buffers.data(), buffers.size(), words.data(), words.size(),
              tokens,          outputs,             &pool,          inputBits,      scratch.bytes()};
  size_t bytes = 0;
  const Failure failure = kernels.programs->checkProgram(prepared, bytes);
  if (failure.fault != Fault::none) return failure;
  if (bytes > scratch.length()) {
    scratch = Memory();
    scratch = Memory(bytes);
    outOfMemory = scratch.bytes() == nullptr;
    if (outOfMemory) scratch = Memory();
  }
  prepared.scratch = scratch.bytes();
  return failure;
}

Failure Device::run() {
  pool.begin();
  const Failure failure = kernels.programs->runProgram(prepared);
  pool.end();
  return failure;
}

}  // namespace halftone

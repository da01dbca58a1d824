// What every function of the addon needs: the tables that calls name by place, and errors that become exceptions.
#pragma once

#include <new>

#include "../dispatch.hpp"
#include "arguments.hpp"

namespace halftone {

inline const Kernels& kernelsAt(size_t index) {
  const Kernels* const* available = availableKernels();
  for (size_t i = 0; available[i] != nullptr; i++) {
    if (i == index) return *available[i];
  }
  throw BadCall{"there is no such instruction set"};
}

inline const FormatKernels& formatAt(const Kernels& kernels, size_t index) {
  if (index >= kernels.formatCount) throw BadCall{"there is no such format"};
  return kernels.formats[index];
}

/** Turns what is wrong with a call into an exception of JavaScript. */
template <napi_value (*Function)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) {
  try {
    return Function(env, info);
  } catch (const BadCall& bad) {
    napi_throw_range_error(env, nullptr, bad.what);
  } catch (const Refusal& refusal) {
    napi_throw_error(env, refusal.code, refusal.what.c_str());
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "out-of-memory", "there is not enough memory");
  }
  return nullptr;
}

template <napi_value (*Function)(napi_env, napi_callback_info)>
void exportFunction(napi_env env, napi_value exports, const char* name) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<Function>, nullptr, &function) == napi_ok) {
    napi_set_named_property(env, exports, name, function);
  }
}

}  // namespace halftone

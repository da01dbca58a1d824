// The functions of the addon for devices.
#pragma once

#include <node_api.h>

namespace halftone {

void exportDevices(napi_env env, napi_value exports);

}  // namespace halftone

// Arguments of a call from JavaScript, each checked before it is used.
#pragma once

#include <node_api.h>
#include <stddef.h>
#include <stdint.h>

#include <string>

namespace halftone {

/** What is wrong with a call; becomes a `RangeError` in JavaScript. */
struct BadCall {
  const char* what;
};

/** What cannot be had; becomes an `Error` in JavaScript with the code of a `KernelError`. */
struct Refusal {
  const char* code;
  std::string what;
};

/** The memory of a typed array, which stays the caller's. */
template <class Item>
struct Span {
  Item* items = nullptr;
  size_t length = 0;
};

/** The type of a typed array whose items are `Item`. */
template <class Item>
constexpr napi_typedarray_type arrayType();
template <>
constexpr napi_typedarray_type arrayType<float>() {
  return napi_float32_array;
}
template <>
constexpr napi_typedarray_type arrayType<double>() {
  return napi_float64_array;
}
template <>
constexpr napi_typedarray_type arrayType<uint32_t>() {
  return napi_uint32_array;
}
template <>
constexpr napi_typedarray_type arrayType<unsigned char>() {
  return napi_uint8_array;
}

/** The arguments of one call, of which there are `Count`. */
template <size_t Count>
class Arguments {
 public:
  Arguments(napi_env environment, napi_callback_info info) : env(environment) {
    size_t count = Count;
    check(napi_get_cb_info(env, info, &count, values, nullptr, nullptr), "cannot read the arguments");
    if (count != Count) throw BadCall{"wrong number of arguments"};
  }

  double number(size_t index) const {
    double number = 0;
    check(napi_get_value_double(env, values[index], &number), "an argument is not a number");
    return number;
  }

  /** A whole number from `least` to `most`, which is at most 2^53. */
  size_t whole(size_t index, size_t least, size_t most = (size_t)1 << 53) const {
    const double value = number(index);
    if (!(value >= (double)least && value <= (double)most) || value != (double)(size_t)value) {
      throw BadCall{"an argument is not a whole number in its range"};
    }
    return (size_t)value;
  }

  template <class Item>
  Span<Item> array(size_t index) const {
    bool isArray = false;
    napi_typedarray_type type;
    Span<Item> span;
    void* data = nullptr;
    check(napi_is_typedarray(env, values[index], &isArray), "an argument is not a typed array");
    if (!isArray) throw BadCall{"an argument is not a typed array"};
    check(napi_get_typedarray_info(env, values[index], &type, &span.length, &data, nullptr, nullptr),
          "an argument is not a typed array");
    if (type != arrayType<Item>()) throw BadCall{"an argument is a typed array of another type"};
    span.items = (Item*)data;
    return span;
  }

  /** The same, or a null pointer for `undefined`. */
  template <class Item>
  Span<Item> optionalArray(size_t index) const {
    napi_valuetype type;
    check(napi_typeof(env, values[index], &type), "cannot read an argument");
    return type == napi_undefined ? Span<Item>{} : array<Item>(index);
  }

  std::string text(size_t index) const {
    size_t length = 0;
    check(napi_get_value_string_utf8(env, values[index], nullptr, 0, &length), "an argument is not a string");
    std::string text(length, '\0');
    check(napi_get_value_string_utf8(env, values[index], text.data(), length + 1, &length), "an argument is not a string");
    return text;
  }

  /** What was wrapped as an object with the tag of `Type`. */
  template <class Type>
  Type& wrapped(size_t index) const {
    void* data = nullptr;
    bool isTagged = false;
    check(napi_check_object_type_tag(env, values[index], &Type::tag, &isTagged), "an argument is not a device");
    if (!isTagged) throw BadCall{"an argument is not a device"};
    check(napi_unwrap(env, values[index], &data), "an argument is not a device");
    return *(Type*)data;
  }

  napi_value value(size_t index) const { return values[index]; }

 private:
  static void check(napi_status status, const char* what) {
    if (status != napi_ok) throw BadCall{what};
  }

  napi_env env;
  napi_value values[Count];
};

}  // namespace halftone

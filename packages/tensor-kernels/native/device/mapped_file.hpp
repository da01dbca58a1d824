// Part of a file as memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <string>

namespace halftone {

/** Bytes of a file that the operating system reads when they are looked at. */
class MappedFile {
 public:
  MappedFile() = default;
  /** Check `isMapped`, and on a failure `reason`. `path` is UTF-8. */
  MappedFile(const std::string& path, uint64_t offset, size_t length);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  bool isMapped() const { return window != nullptr; }
  bool isTooShort() const { return fileIsTooShort; }
  const std::string& reason() const { return failure; }
  /** The byte of the file at `offset`; `length` bytes are there, as long as nobody shortens the file. */
  uint8_t* bytes() const { return (uint8_t*)window + skipped; }

 private:
  /** A window begins at a page of the file: so many bytes are before `offset`. */
  void* window = nullptr;
  size_t windowLength = 0;
  size_t skipped = 0;
  std::string failure;
  bool fileIsTooShort = false;

  bool fits(uint64_t offset, uint64_t length, uint64_t fileSize);
};

}  // namespace halftone

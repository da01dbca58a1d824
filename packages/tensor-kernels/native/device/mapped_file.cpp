#include "mapped_file.hpp"

#include <utility>

#if defined(_WIN32)
#include <windows.h>
#else
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace halftone {
/** Whether `length` bytes from `offset` on lie within the file; if not, that is the failure. */
bool MappedFile::fits(uint64_t offset, uint64_t length, uint64_t fileSize) {
  fileIsTooShort = offset > fileSize || length > fileSize - offset;
  if (fileIsTooShort) failure = "the file ends before the tensor does";
  return !fileIsTooShort;
}

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(window, other.window);
  std::swap(windowLength, other.windowLength);
  std::swap(skipped, other.skipped);
  std::swap(failure, other.failure);
  std::swap(fileIsTooShort, other.fileIsTooShort);
  return *this;
}

#if defined(_WIN32)

namespace {

std::string lastError() { return "Windows error " + std::to_string(GetLastError()); }

std::wstring widen(const std::string& text) {
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), (int)text.size(), nullptr, 0);
  std::wstring wide((size_t)length, L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.data(), (int)text.size(), wide.data(), length);
  return wide;
}

}  // namespace

MappedFile::MappedFile(const std::string& path, uint64_t offset, size_t length) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  const HANDLE file = CreateFileW(widen(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                  FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    failure = lastError();
    return;
  }
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file, &size)) {
    failure = lastError();
  } else if (!fits(offset, length, (uint64_t)size.QuadPart)) {
    // Told already.
  } else if (const HANDLE mapping = CreateFileMappingW(file, nullptr, PAGE_READONLY, 0, 0, nullptr); mapping == nullptr) {
    failure = lastError();
  } else {
    skipped = (size_t)(offset % system.dwAllocationGranularity);
    windowLength = length + skipped;
    const uint64_t start = offset - skipped;
    window = MapViewOfFile(mapping, FILE_MAP_READ, (DWORD)(start >> 32), (DWORD)start, windowLength);
    if (window == nullptr) failure = lastError();
    CloseHandle(mapping);
  }
  CloseHandle(file);
}

MappedFile::~MappedFile() {
  if (window != nullptr) UnmapViewOfFile(window);
}

#else

MappedFile::MappedFile(const std::string& path, uint64_t offset, size_t length) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) {
    failure = strerror(errno);
  } else if (fits(offset, length, (uint64_t)status.st_size)) {
    skipped = (size_t)(offset % (uint64_t)sysconf(_SC_PAGESIZE));
    windowLength = length + skipped;
    void* const mapped = mmap(nullptr, windowLength, PROT_READ, MAP_SHARED, file, (off_t)(offset - skipped));
    if (mapped == MAP_FAILED) {
      failure = strerror(errno);
    } else {
      window = mapped;
      // It will be wanted soon, and whole: reading ahead is quicker than one page at a time.
      madvise(window, windowLength, MADV_WILLNEED);
    }
  }
  if (file >= 0) close(file);
}

MappedFile::~MappedFile() {
  if (window != nullptr) munmap(window, windowLength);
}

#endif

}  // namespace halftone

# The build rules of Encours, in one place: warnings, sanitizers, libraries from the distribution,
# and the verbs that folders use. Options come from CMakePresets.json.

option(ENCOURS_SANITIZE "Sanitizer list for -fsanitize=, e.g. address,undefined or thread" "")
option(ENCOURS_COVERAGE "Instrument for gcov" OFF)
option(ENCOURS_FAULT_POINTS "Compile fault points in (never in a release)" ON)
option(ENCOURS_FUZZ "Build the libFuzzer targets (clang only)" OFF)

find_program(ENCOURS_CCACHE ccache)
if(ENCOURS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${ENCOURS_CCACHE})
endif()
find_program(ENCOURS_MOLD mold)
if(ENCOURS_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(encours_options INTERFACE)
target_include_directories(encours_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(encours_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wunused -Werror -fno-omit-frame-pointer)
if(ENCOURS_SANITIZE)
  target_compile_options(encours_options INTERFACE -fsanitize=${ENCOURS_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(encours_options INTERFACE -fsanitize=${ENCOURS_SANITIZE})
endif()
if(ENCOURS_COVERAGE)
  target_compile_options(encours_options INTERFACE --coverage)
  target_link_options(encours_options INTERFACE --coverage)
endif()
if(ENCOURS_FUZZ)
  # The code under test reports its branches to libFuzzer; only the fuzzers link its main().
  target_compile_options(encours_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(encours_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(ENCOURS_FAULT_POINTS)
  target_compile_definitions(encours_options INTERFACE ENCOURS_FAULT_POINTS=1)
endif()

# Only tests need it: a build for deploy/run is configured without it, and a test that doesn't find
# it fails.
find_program(ENCOURS_PYTHON python3)

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)

# Programs allocate through tcmalloc: librdkafka allocates on one thread what another frees, which
# costs glibc's malloc a sixth more of the whole CPU (ARCHITECTURE.md has the figures). A program
# under a sanitizer or gcov has the allocator of those.
if(NOT ENCOURS_SANITIZE AND NOT ENCOURS_COVERAGE AND NOT ENCOURS_FUZZ)
  find_library(ENCOURS_MALLOC NAMES tcmalloc_minimal libtcmalloc_minimal.so.4 REQUIRED)
endif()

# encours_library(NAME SOURCES a.cc ... [DEPS target ...]): a static library named encours_NAME.
function(encours_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(encours_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(encours_${name} PUBLIC encours_options ${ARG_DEPS})
endfunction()

# encours_executable(NAME SOURCES ... [DEPS ...]): a program build/<preset>/bin/NAME.
function(encours_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS} ${ENCOURS_MALLOC})
endfunction()

# encours_level(TARGET LEVEL): the target tests_LEVEL builds all programs of one level, so
# that tests/run unit doesn't build the rest.
function(encours_level target level)
  if(NOT TARGET tests_${level})
    add_custom_target(tests_${level})
  endif()
  add_dependencies(tests_${level} ${target})
endfunction()

# encours_test(NAME LEVEL SOURCES ... [DEPS ...] [LONG] [TIMEOUT seconds] [NEEDS program ...]):
# a GoogleTest program with the label LEVEL (unit, property, ...). LONG keeps it for
# tests/run --long. NEEDS names programs that it starts, so that they are built with it.
function(encours_test name level)
  cmake_parse_arguments(ARG "LONG" "TIMEOUT" "SOURCES;DEPS;NEEDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS}
    GTest::gtest GTest::gmock GTest::gtest_main)
  if(ARG_NEEDS)
    add_dependencies(${name} ${ARG_NEEDS})
  endif()
  encours_level(${name} ${level})
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  encours_test_properties(${name} ${level} "${ARG_LONG}" "${ARG_TIMEOUT}")
endfunction()

# encours_script_test(NAME LEVEL COMMAND program argument ... [LONG] [TIMEOUT seconds]): a test
# in another language; exit 0 is passed, 77 is skipped, anything else is failed.
function(encours_script_test name level)
  cmake_parse_arguments(ARG "LONG" "TIMEOUT" "COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  encours_test_properties(${name} ${level} "${ARG_LONG}" "${ARG_TIMEOUT}")
endfunction()

function(encours_test_properties name level long timeout)
  set(labels ${level})
  if(long)
    list(APPEND labels long)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}")
  if(timeout)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout})
  endif()
endfunction()

# encours_fuzzer(NAME SOURCES ... [DEPS ...]): a libFuzzer program, only with ENCOURS_FUZZ. Its
# seeds are in the folder corpus/NAME beside its CMakeLists.txt, where there is one.
function(encours_fuzzer name)
  if(NOT ENCOURS_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  encours_level(${name} fuzz)
  encours_script_test(${name} fuzz COMMAND ${CMAKE_SOURCE_DIR}/tests/lib/fuzz_one
    $<TARGET_FILE:${name}> ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
endfunction()

# encours_subfolders(): add each child folder that has a CMakeLists.txt, in order of name.
function(encours_subfolders)
  file(GLOB children CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} */CMakeLists.txt)
  foreach(child ${children})
    get_filename_component(folder ${child} DIRECTORY)
    add_subdirectory(${folder})
  endforeach()
endfunction()

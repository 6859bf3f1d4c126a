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
target_compile_options(encours_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-qual -Wunused -Werror -fno-omit-frame-pointer)
if(ENCOURS_SANITIZE)
  target_compile_options(encours_options INTERFACE -fsanitize=${ENCOURS_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(encours_options INTERFACE -fsanitize=${ENCOURS_SANITIZE})
endif()
if(ENCOURS_COVERAGE)
  target_compile_options(encours_options INTERFACE --coverage)
  target_link_options(encours_options INTERFACE --coverage)
endif()
if(ENCOURS_FAULT_POINTS)
  target_compile_definitions(encours_options INTERFACE ENCOURS_FAULT_POINTS=1)
endif()

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)

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
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS})
endfunction()

# encours_test(NAME LEVEL SOURCES ... [DEPS ...]): a GoogleTest program, label LEVEL (unit, property, ...).
function(encours_test name level)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${level})
endfunction()

# encours_fuzzer(NAME SOURCES ... [DEPS ...]): a libFuzzer program, only with ENCOURS_FUZZ.
function(encours_fuzzer name)
  if(NOT ENCOURS_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE encours_options ${ARG_DEPS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()

# encours_subfolders(): add each child folder that has a CMakeLists.txt, in order of name.
function(encours_subfolders)
  file(GLOB children CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} */CMakeLists.txt)
  foreach(child ${children})
    get_filename_component(folder ${child} DIRECTORY)
    add_subdirectory(${folder})
  endforeach()
endfunction()

# Read by ctest, after the lists of tests: two labels are a list, which discovery does not pass on.
foreach(test IN LISTS fault_long_tests)
  set_tests_properties(${test} PROPERTIES LABELS "faults;long")
endforeach()

/* assertions.h: Check, with assertions that may stand in loops over bytes.
 *
 * Check writes to a file at each assertion that holds, so that it can say where a test was when it crashed. That takes
 * most of the time of a test that looks at each byte. Here an assertion writes only the first time it holds. */
#ifndef TESTS_UNIT_ASSERTIONS_H
#define TESTS_UNIT_ASSERTIONS_H

#include <check.h>

/* All of Check's assertions end in this one. What stands for Check in tests/cross writes nothing. */
#ifdef CHECK_MAJOR_VERSION
#undef ck_assert_msg
#define ck_assert_msg(expr, ...)                                                                                       \
    do {                                                                                                               \
        static int has_held;                                                                                           \
        if (!(expr))                                                                                                   \
            _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", ##__VA_ARGS__);                      \
        else if (!has_held++)                                                                                          \
            mark_point();                                                                                              \
    } while (0)
#endif

#endif

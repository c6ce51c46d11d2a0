/* suite.h: how a unit test ends. */
#ifndef TESTS_UNIT_SUITE_H
#define TESTS_UNIT_SUITE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assertions.h"

/* Where the results are lines of TAP on standard output, nothing else may stand there: what the runtime prints in a
 * test is thrown away. */
static inline void keep_results_apart(void)
{
    const char *results = getenv("CK_TAP_LOG_FILE_NAME");
    char path[32];
    if (!results || strcmp(results, "-") != 0)
        return;
    snprintf(path, sizeof path, "/dev/fd/%d", dup(STDOUT_FILENO));
    if (freopen("/dev/null", "w", stdout))
        setenv("CK_TAP_LOG_FILE_NAME", path, 1);
}

/* Runs the suite, as the environment tells Check to, and frees it; what main returns: 0, or 1 where a test failed. */
static inline int run_suite(Suite *suite)
{
    keep_results_apart();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif

/* The part of Check that the kernels' tests use, for machines that have no Check: a first failure ends the program. */
#ifndef NETC_TESTS_CROSS_CHECK_H
#define NETC_TESTS_CROSS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test is called with its round where it is a loop's. */
typedef void TFun(int _i);
#define START_TEST(name) static void name(int _i) { (void)_i;
#define END_TEST }

enum { CHECK_MOST = 16, CK_ENV = 0 };

typedef struct TCase {
    const char *name[CHECK_MOST];
    TFun *test[CHECK_MOST];
    int first[CHECK_MOST], end[CHECK_MOST], count;
} TCase;
typedef TCase Suite;
typedef TCase SRunner;

#define ck_abort_msg(...) (printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), puts(""), exit(1))
#define ck_assert_msg(holds, ...) ((holds) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#define ck_assert(holds) ck_assert_msg(holds, "%s does not hold", #holds)
#define ck_assert_int_eq(a, b) ck_assert_msg((a) == (b), "%s is %lld, not %lld", #a, (long long)(a), (long long)(b))
#define ck_assert_int_ge(a, b) ck_assert_msg((a) >= (b), "%s is %lld, below %lld", #a, (long long)(a), (long long)(b))
#define ck_assert_uint_eq(a, b) ck_assert_int_eq(a, b)
#define ck_assert_ptr_nonnull(a) ck_assert_msg((a) != NULL, "%s is NULL", #a)
#define ck_assert_mem_eq(a, b, n) ck_assert_msg(memcmp(a, b, n) == 0, "%s is not %s", #a, #b)

static inline TCase *tcase_create(const char *name)
{
    (void)name;
    return calloc(1, sizeof(TCase));
}

static inline void check_add(TCase *tests, const char *name, TFun *test, int first, int end)
{
    const int at = tests->count++;
    ck_assert(at < CHECK_MOST);
    tests->name[at] = name, tests->test[at] = test, tests->first[at] = first, tests->end[at] = end;
}
#define tcase_add_test(tests, test) check_add(tests, #test, test, 0, 1)
#define tcase_add_loop_test(tests, test, from, to) check_add(tests, #test, test, from, to)
#define tcase_set_timeout(tests, seconds) ((void)(tests), (void)(seconds))

/* A suite and a runner are their one case. */
#define suite_create(name) tcase_create(name)
#define suite_add_tcase(suite, tests) (*(suite) = *(tests))
#define srunner_create(suite) (suite)
#define srunner_ntests_failed(runner) ((void)(runner), 0)
#define srunner_free(runner) free(runner)

static inline void srunner_run_all(const SRunner *runner, int mode)
{
    (void)mode;
    for (int i = 0; i < runner->count; i++) {
        for (int round = runner->first[i]; round < runner->end[i]; round++)
            runner->test[i](round);
        printf("%s\n", runner->name[i]);
    }
}

#endif

/* StringSet: every string is new once, however many there are. */
#include "base/set.h"
#include "suite.h"

START_TEST(each_string_is_new_once)
{
    Arena *arena = arena_new();
    StringSet set = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5000; i++)
            ck_assert_int_eq(string_set_add(arena, &set, arena_printf(arena, "conv2d_%d", i)), round == 0);
    }
    ck_assert_uint_eq(set.count, 5000);
    ck_assert(string_set_add(arena, &set, ""));
    ck_assert(!string_set_add(arena, &set, ""));
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("set");
    TCase *core = tcase_create("core");
    tcase_add_test(core, each_string_is_new_once);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}

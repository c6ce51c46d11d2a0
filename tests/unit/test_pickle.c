/* The pickle reader: what Python writes, what it refuses, and that nothing makes it crash. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/pickle.h"
#include "suite.h"

#define READ(pickle, text) nc_pickle_read(pickle, text, sizeof(text) - 1)

/* pickle.dumps({"a": [1, -2, 300, 70000, 1 << 40], "b": (None, True, 0.5), "c": b"xy"}, protocol) */
static const char PROTOCOL_2[] =
    "\x80\x02}q\x00(X\x01\x00\x00\x00" "aq\x01]q\x02(K\x01J\xfe\xff\xff\xffM,\x01Jp\x11\x01\x00\x8a\x06"
    "\x00\x00\x00\x00\x00\x01" "eX\x01\x00\x00\x00" "bq\x03N\x88G?\xe0\x00\x00\x00\x00\x00\x00\x87q\x04X\x01"
    "\x00\x00\x00" "cq\x05" "c_codecs\nencode\nq\x06X\x02\x00\x00\x00xyq\x07X\x06\x00\x00\x00latin1q\x08\x86"
    "q\x09Rq\x0au.";
static const char PROTOCOL_4[] =
    "\x80\x04\x95\x37\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01" "a\x94]\x94(K\x01J\xfe\xff\xff\xffM,\x01Jp\x11\x01"
    "\x00\x8a\x06\x00\x00\x00\x00\x00\x01" "e\x8c\x01" "b\x94N\x88G?\xe0\x00\x00\x00\x00\x00\x00\x87"
    "\x94\x8c\x01" "c\x94" "C\x02xy\x94u.";

static void check_example(const void *bytes, size_t size)
{
    static const long long integers[] = {1, -2, 300, 70000, 1LL << 40};
    struct nc_pickle pickle;
    const unsigned char *text = NULL;
    size_t length = 0;
    ck_assert_msg(nc_pickle_read(&pickle, bytes, size), "%s", pickle.error);
    ck_assert_uint_eq(pickle.size, size);
    struct nc_pickle_value *a = nc_pickle_get(pickle.root, "a"), *b = nc_pickle_get(pickle.root, "b");
    ck_assert(a && a->kind == NC_PICKLE_LIST && a->items.count == 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(a->items.data[i]->kind, NC_PICKLE_INTEGER);
        ck_assert_int_eq(a->items.data[i]->integer, integers[i]);
    }
    ck_assert(b && b->kind == NC_PICKLE_TUPLE && b->items.count == 3);
    ck_assert_int_eq(b->items.data[0]->kind, NC_PICKLE_NONE);
    ck_assert(b->items.data[1]->kind == NC_PICKLE_BOOL && b->items.data[1]->integer == 1);
    ck_assert(b->items.data[2]->kind == NC_PICKLE_FLOAT && b->items.data[2]->real == 0.5);
    ck_assert(nc_pickle_bytes(&pickle, nc_pickle_get(pickle.root, "c"), &text, &length));
    ck_assert(length == 2 && memcmp(text, "xy", 2) == 0);
    ck_assert_ptr_null(nc_pickle_get(pickle.root, "d"));
    nc_pickle_free(&pickle);
}

START_TEST(protocols)
{
    check_example(PROTOCOL_2, sizeof PROTOCOL_2 - 1);
    check_example(PROTOCOL_4, sizeof PROTOCOL_4 - 1);
}
END_TEST

START_TEST(nothing_is_called)
{
    struct nc_pickle pickle;
    ck_assert(READ(&pickle, "\x80\x02" "cposix\nsystem\nX\x04\x00\x00\x00true\x85R."));
    ck_assert_int_eq(pickle.root->kind, NC_PICKLE_CALL);
    ck_assert(nc_pickle_is_global(pickle.root->callable, "posix", "system"));
    ck_assert(!nc_pickle_is_dict(pickle.root));
    nc_pickle_free(&pickle);
}
END_TEST

START_TEST(ordered_dicts_are_dicts)
{
    struct nc_pickle pickle;
    ck_assert(READ(&pickle, "\x80\x02" "ccollections\nOrderedDict\n)R(U\x01kK\x05U\x01kK\x06u."));
    ck_assert(nc_pickle_is_dict(pickle.root));
    ck_assert_int_eq(nc_pickle_get(pickle.root, "k")->integer, 6); /* the last one counts */
    nc_pickle_free(&pickle);
}
END_TEST

START_TEST(persistent_ids_are_collected)
{
    struct nc_pickle pickle;
    ck_assert(READ(&pickle, "\x80\x02K\x01Q0K\x02Q."));
    ck_assert_uint_eq(pickle.persistent->items.count, 2);
    ck_assert_int_eq(pickle.root->kind, NC_PICKLE_PERSISTENT);
    ck_assert_int_eq(pickle.root->arguments->integer, 2);
    nc_pickle_free(&pickle);
}
END_TEST

/* Values that contain themselves must not trap a reader. */
START_TEST(a_list_in_itself)
{
    struct nc_pickle pickle;
    ck_assert(READ(&pickle, "\x80\x02]q\x00h\x00" "a."));
    ck_assert_ptr_eq(pickle.root->items.data[0], pickle.root);
    nc_pickle_free(&pickle);
}
END_TEST

#define WRONG(text) {text, sizeof(text) - 1}
static const struct {
    const char *bytes;
    size_t size;
} WRONGS[] = {
    WRONG(""), WRONG("."), WRONG("\x80\x06N."), WRONG("(."), WRONG("N"), WRONG("R."), WRONG("NR."), WRONG("t."),
    WRONG("\x85."), WRONG("(\x86."), WRONG("NNs."), WRONG("NNNs."), WRONG("}Ns."), WRONG("}(Nu."), WRONG("](}u."),
    WRONG("Na."), WRONG("Ne."), WRONG("(Ne."), WRONG("(e."), WRONG("h\x01."), WRONG("j\xff\xff\xff\xff."),
    WRONG("Nr\xff\xff\xff\xff."), WRONG("q\x01."), WRONG("\x94."), WRONG("X\x05\x00\x00\x00" "abc."),
    WRONG("X\xff\xff\xff\xff."), WRONG("\x8e\xff\xff\xff\xff\xff\xff\xff\xff."),
    WRONG("\x8d\xff\xff\xff\xff\xff\xff\xff\x7f."), WRONG("\x8b\xff\xff\xff\xff."), WRONG("ca\n"), WRONG("ca\nb"),
    WRONG("NN\x93."), WRONG("Q."), WRONG("b."), WRONG("Nb."), WRONG("0."), WRONG("1."), WRONG("2."),
    WRONG("I1\n."), WRONG("\xff."), WRONG("(d0"), WRONG("(Nd."), WRONG("G\x00."),
    WRONG("(\x92."), WRONG("(\x90."), WRONG("\x91."),
};

START_TEST(wrong_pickles_are_refused)
{
    struct nc_pickle pickle;
    ck_assert_msg(!nc_pickle_read(&pickle, WRONGS[_i].bytes, WRONGS[_i].size), "number %d was read", _i);
    ck_assert_ptr_null(pickle.root);
    ck_assert(pickle.error[0]);
    nc_pickle_free(&pickle);
}
END_TEST

/* A few bytes that ask for much memory. */
START_TEST(limits)
{
    enum { SIZE = 8 << 20 };
    struct nc_pickle pickle;
    char *bytes = malloc(SIZE);
    memset(bytes, '(', SIZE);
    ck_assert(!nc_pickle_read(&pickle, bytes, SIZE));
    nc_pickle_free(&pickle);
    memset(bytes, ']', SIZE);
    ck_assert(!nc_pickle_read(&pickle, bytes, SIZE));
    nc_pickle_free(&pickle);
    for (int i = 0; i + 1 < SIZE; i += 2) /* values that are dropped again still take memory */
        memcpy(bytes + i, ")0", 2);
    ck_assert(!nc_pickle_read(&pickle, bytes, SIZE));
    ck_assert_uint_le(pickle.taken, 256 << 20);
    nc_pickle_free(&pickle);
    free(bytes);
}
END_TEST

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

START_TEST(changed_bytes_do_no_harm)
{
    unsigned char bytes[sizeof PROTOCOL_2];
    uint32_t state = 1;
    for (int round = 0; round < 20000; round++) {
        const char *example = round % 2 ? PROTOCOL_2 : PROTOCOL_4;
        size_t size = round % 2 ? sizeof PROTOCOL_2 - 1 : sizeof PROTOCOL_4 - 1;
        struct nc_pickle pickle;
        const unsigned char *data;
        size_t length;
        memcpy(bytes, example, size);
        for (uint32_t i = 0; i <= next(&state) % 4; i++)
            bytes[next(&state) % size] = (unsigned char)next(&state);
        if (nc_pickle_read(&pickle, bytes, size - next(&state) % 3))
            nc_pickle_bytes(&pickle, nc_pickle_get(pickle.root, "c"), &data, &length);
        nc_pickle_free(&pickle);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pickle");
    TCase *core = tcase_create("core"), *wrong = tcase_create("wrong");
    tcase_add_test(core, protocols);
    tcase_add_test(core, nothing_is_called);
    tcase_add_test(core, ordered_dicts_are_dicts);
    tcase_add_test(core, persistent_ids_are_collected);
    tcase_add_test(core, a_list_in_itself);
    suite_add_tcase(suite, core);
    tcase_add_loop_test(wrong, wrong_pickles_are_refused, 0, sizeof WRONGS / sizeof *WRONGS);
    tcase_add_test(wrong, limits);
    tcase_add_test(wrong, changed_bytes_do_no_harm);
    tcase_set_timeout(wrong, 60);
    suite_add_tcase(suite, wrong);
    return run_suite(suite);
}

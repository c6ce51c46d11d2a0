/* MD5: the examples of RFC 1321, and that bytes may come in any pieces. */
#include <string.h>

#include "data/md5.h"
#include "suite.h"

static const struct {
    const char *text, *sum;
} examples[] = {
    {"", "d41d8cd98f00b204e9800998ecf8427e"},
    {"a", "0cc175b9c0f1b6a831c399e269772661"},
    {"abc", "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
};

START_TEST(examples_of_the_rfc)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct nc_md5 md5;
        char sum[NC_MD5_TEXT];
        nc_md5_start(&md5);
        nc_md5_add(&md5, (const unsigned char *)examples[i].text, strlen(examples[i].text));
        nc_md5_finish(&md5, sum);
        ck_assert_str_eq(sum, examples[i].sum);
    }
}
END_TEST

/* Lengths about the end of a block, in pieces of one size and another. */
START_TEST(pieces_do_not_matter)
{
    unsigned char bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t length = 50; length <= sizeof bytes; length++) {
        char sums[2][NC_MD5_TEXT];
        for (int k = 0; k < 2; k++) {
            struct nc_md5 md5;
            size_t piece = k ? 13 : sizeof bytes;
            nc_md5_start(&md5);
            for (size_t at = 0; at < length; at += piece)
                nc_md5_add(&md5, bytes + at, length - at < piece ? length - at : piece);
            nc_md5_finish(&md5, sums[k]);
        }
        ck_assert_str_eq(sums[0], sums[1]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("md5");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, examples_of_the_rfc);
    tcase_add_test(tests, pieces_do_not_matter);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}

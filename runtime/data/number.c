/* Numbers out of text, each to the double nearest to it. */
#include <stdlib.h>
#include <string.h>

#include "csv.h"

/* Powers of ten that a double holds exactly. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_POWERS = 22, MOST_DIGITS = 18 };

/* What strtod makes of it, which rounds any number right. The text does not end in a zero byte: it is copied. */
static double read_slowly(const char *text, size_t length)
{
    char small[256], *copy = length < sizeof small ? small : malloc(length + 1);
    if (!copy)
        nc_fail(NULL, NULL, "no memory for a number of %zu digits", length);
    memcpy(copy, text, length);
    copy[length] = 0;
    double value = strtod(copy, NULL);
    if (copy != small)
        free(copy);
    return value;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int nc_number(const char *text, size_t length, double *value)
{
    const char *at = text, *end = text + length;
    unsigned long long digits = 0;
    int seen = 0, power = 0, below = 0;
    long long count = 0, exponent = 0;
    int negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (int point = 0; at < end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = 1;
            continue;
        }
        seen = 1;
        count += count > 0 || *at != '0'; /* zeros in front do not count */
        if (count <= MOST_DIGITS)
            digits = digits * 10 + (unsigned)(*at - '0');
        exponent -= point && count <= MOST_DIGITS;
    }
    if (!seen)
        return 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        below = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+'))
            at++;
        if (at == end)
            return 0;
        for (; at < end && is_digit(*at); at++)
            power = power < 100000 ? power * 10 + (*at - '0') : power;
    }
    if (at != end)
        return 0;
    exponent += below ? -power : power;
    /* Both are exact then, and one operation rounds once (Clinger 1990). */
    if (count <= MOST_DIGITS && digits <= 1ull << 53 && exponent >= -EXACT_POWERS && exponent <= EXACT_POWERS) {
        double exact = (double)digits;
        exact = exponent < 0 ? exact / POWERS[-exponent] : exact * POWERS[exponent];
        *value = negative ? -exact : exact;
    } else {
        *value = read_slowly(text, length);
    }
    return 1;
}

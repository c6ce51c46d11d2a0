/* libFuzzer looks at each comparison for bytes that are worth putting into an input. The changes of mutate.c know what
 * a text is made of, and the looking would take half of the time: linked with --wrap of each of these, a text's
 * comparisons are not looked at. They run most often of all, so nothing is counted or checked in them. */
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#define BARE __attribute__((no_sanitize("coverage", "address", "undefined")))
#else
#define BARE __attribute__((no_sanitize("address", "undefined")))
#endif

#define NOT_LOOKED_AT(bits, bytes)                                                           \
    void __wrap___sanitizer_cov_trace_cmp##bytes(uint##bits##_t a, uint##bits##_t b);        \
    void __wrap___sanitizer_cov_trace_const_cmp##bytes(uint##bits##_t a, uint##bits##_t b);  \
    BARE void __wrap___sanitizer_cov_trace_cmp##bytes(uint##bits##_t a, uint##bits##_t b)    \
    {                                                                                        \
        (void)a, (void)b;                                                                    \
    }                                                                                        \
    BARE void __wrap___sanitizer_cov_trace_const_cmp##bytes(uint##bits##_t a, uint##bits##_t b) \
    {                                                                                        \
        (void)a, (void)b;                                                                    \
    }

NOT_LOOKED_AT(8, 1)
NOT_LOOKED_AT(16, 2)
NOT_LOOKED_AT(32, 4)
NOT_LOOKED_AT(64, 8)

void __wrap___sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases);
BARE void __wrap___sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases)
{
    (void)value, (void)cases;
}

void __wrap___sanitizer_weak_hook_strcmp(void *caller, const char *a, const char *b, int result);
BARE void __wrap___sanitizer_weak_hook_strcmp(void *caller, const char *a, const char *b, int result)
{
    (void)caller, (void)a, (void)b, (void)result;
}

void __wrap___sanitizer_weak_hook_strncmp(void *caller, const char *a, const char *b, size_t size, int result);
BARE void __wrap___sanitizer_weak_hook_strncmp(void *caller, const char *a, const char *b, size_t size, int result)
{
    (void)caller, (void)a, (void)b, (void)size, (void)result;
}

void __wrap___sanitizer_weak_hook_memcmp(void *caller, const void *a, const void *b, size_t size, int result);
BARE void __wrap___sanitizer_weak_hook_memcmp(void *caller, const void *a, const void *b, size_t size, int result)
{
    (void)caller, (void)a, (void)b, (void)size, (void)result;
}

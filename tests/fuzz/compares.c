/* libFuzzer looks at each comparison for bytes that are worth putting into an input. The changes of mutate.c know what
 * a text is made of, and the looking would take half of the time: linked with --wrap of each of these, a text's
 * comparisons are not looked at. */
#include <stdint.h>

#define NOT_LOOKED_AT(bits, bytes)                                                           \
    void __wrap___sanitizer_cov_trace_cmp##bytes(uint##bits##_t a, uint##bits##_t b);        \
    void __wrap___sanitizer_cov_trace_const_cmp##bytes(uint##bits##_t a, uint##bits##_t b);  \
    void __wrap___sanitizer_cov_trace_cmp##bytes(uint##bits##_t a, uint##bits##_t b)         \
    {                                                                                        \
        (void)a, (void)b;                                                                    \
    }                                                                                        \
    void __wrap___sanitizer_cov_trace_const_cmp##bytes(uint##bits##_t a, uint##bits##_t b)   \
    {                                                                                        \
        (void)a, (void)b;                                                                    \
    }

NOT_LOOKED_AT(8, 1)
NOT_LOOKED_AT(16, 2)
NOT_LOOKED_AT(32, 4)
NOT_LOOKED_AT(64, 8)

void __wrap___sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases);
void __wrap___sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases)
{
    (void)value, (void)cases;
}

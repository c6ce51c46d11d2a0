/* EMBEDDING, EMBEDDING_BAG, EMBEDDING_GRAD: rows of a table, by number. */
#include "targets/cpu/emit/kernel_text.h"

/* Whether tokens are compared with the padding: not where a number says that there is none. */
static bool has_padding(const KernelText *k, int padding)
{
    int64_t number;
    return !dim_number(k, padding, &number) || number >= 0;
}

/* "w + (long)id[t] * 32": tables may be larger than an int can say. */
static const char *row(KernelText *k, const char *t, int w_row)
{
    const char *id = arena_printf(k->arena, "(long)id[%s]", t);
    return sum_of(k, "w", product_of(k, id, dim(k, w_row)));
}

/* Declares scale: 1 / how many of the tokens count; 0 where none does. */
static void declare_scale(KernelText *k, int tokens, int padding, int mean)
{
    int64_t number;
    if (!has_padding(k, padding)) {
        line(k, "const float scale = 1.0f / %s;", dim(k, tokens));
        return;
    }
    line(k, "long counted = 0;");
    const char *t = loop(k, "t", dim(k, tokens));
    line(k, "counted += id[%s] != %s;", t, dim(k, padding));
    end(k);
    const char *scale = "counted ? 1.0f / (float)counted : 0";
    if (!dim_number(k, mean, &number))
        line(k, "const float scale = !%s ? 1 : %s;", dim(k, mean), scale);
    else
        line(k, "const float scale = %s;", scale);
}

void emit_embedding(KernelText *k)
{
    const char *t = loop(k, "t", dim(k, EMBEDDING_tokens));
    line(k, "const float *row = %s;", row(k, t, EMBEDDING_w_row));
    const char *i = vector_loop(k, "i", dim(k, EMBEDDING_channels));
    const char *to = sum_of(k, product_of(k, t, dim(k, EMBEDDING_y_col)), i);
    line(k, "vec_store(%s, vec_load(%s));", sum_of(k, "y", to), sum_of(k, "row", i));
    end_all(k, 2);
}

void emit_embedding_bag(KernelText *k)
{
    const char *channels = dim(k, EMBEDDING_BAG_channels), *i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_zero());", sum_of(k, "y", i));
    end(k);

    const char *t = loop(k, "t", dim(k, EMBEDDING_BAG_tokens));
    const bool padding = has_padding(k, EMBEDDING_BAG_padding);
    if (padding)
        begin(k, "if (id[%s] != %s)", t, dim(k, EMBEDDING_BAG_padding));
    line(k, "const float *row = %s;", row(k, t, EMBEDDING_BAG_w_row));
    i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_load(%s) + vec_load(%s));", sum_of(k, "y", i), sum_of(k, "y", i), sum_of(k, "row", i));
    end_all(k, padding ? 3 : 2);

    int64_t mean;
    if (dim_number(k, EMBEDDING_BAG_mean, &mean) && !mean)
        return;
    declare_scale(k, EMBEDDING_BAG_tokens, EMBEDDING_BAG_padding, EMBEDDING_BAG_mean);
    i = vector_loop(k, "i", channels);
    line(k, "vec_store(%s, vec_load(%s) * vec_all(scale));", sum_of(k, "y", i), sum_of(k, "y", i));
    end(k);
}

void emit_embedding_grad(KernelText *k)
{
    const char *s = loop(k, "s", dim(k, EMBEDDING_GRAD_samples));
    line(k, "const int *id = input[%s];", s);
    int64_t mean;
    const bool scaled = !dim_number(k, EMBEDDING_GRAD_mean, &mean) || mean;
    if (scaled)
        declare_scale(k, EMBEDDING_GRAD_tokens, EMBEDDING_GRAD_padding, EMBEDDING_GRAD_mean);
    const char *t = loop(k, "t", dim(k, EMBEDDING_GRAD_tokens));
    line(k, "const long r = id[%s] - first;", t);
    const char *but = "";
    if (has_padding(k, EMBEDDING_GRAD_padding))
        but = arena_printf(k->arena, " && id[%s] != %s", t, dim(k, EMBEDDING_GRAD_padding));
    begin(k, "if (r >= 0 && r < %s%s)", dim(k, EMBEDDING_GRAD_rows), but);
    const char *i = vector_loop(k, "i", dim(k, EMBEDDING_GRAD_channels));
    const char *to = sum_of(k, "g", sum_of(k, product_of(k, "r", dim(k, EMBEDDING_GRAD_g_row)), i));
    const char *from = offset_of(k, s, dim(k, EMBEDDING_GRAD_dy_sample), t, dim(k, EMBEDDING_GRAD_dy_col));
    from = sum_of(k, "dy", sum_of(k, from, i));
    if (scaled)
        line(k, "vec_store(%s, vec_fma(vec_load(%s), vec_all(scale), vec_load(%s)));", to, from, to);
    else
        line(k, "vec_store(%s, vec_load(%s) + vec_load(%s));", to, to, from);
    end_all(k, 4);
}

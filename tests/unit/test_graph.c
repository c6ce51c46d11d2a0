/* Graph: extents of windows as torch gives them, shapes, names, and what the verifier refuses. */
#include <signal.h>
#include <stdlib.h>

#include "graph/op.h"
#include "passes/passes.h"
#include "vocabulary/vocabulary.h"
#include "suite.h"

static Arena *arena;
static Graph *graph;
static Builder builder;

static void setup(void)
{
    arena = arena_new();
    graph = graph_new(arena);
    builder = (Builder){.graph = graph, .layer = "0"};
}

static void teardown(void)
{
    arena_free(arena);
}

/* Output sizes of torch 2.x: nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=...) of an input of `in`. */
static const struct {
    int in, kernel, stride, padding, dilation;
    bool ceil_mode;
    int out;
} extents[] = {
    {32, 5, 1, 2, 1, false, 32}, {32, 2, 2, 0, 1, false, 16}, {7, 3, 2, 0, 1, false, 3}, {7, 3, 2, 1, 1, true, 4},
    {8, 3, 2, 0, 1, true, 4},    {8, 3, 2, 0, 1, false, 3},   {5, 2, 3, 1, 1, true, 2},  {6, 2, 3, 1, 1, true, 3},
    {10, 3, 1, 0, 3, false, 4},  {4, 5, 2, 0, 1, true, 1},    {3, 5, 1, 0, 1, true, 0},  {4, 5, 2, 0, 1, false, 0},
    {1, 1, 1, 0, 1, false, 1},   {11, 3, 4, 1, 2, true, 3},
};

START_TEST(window_extents)
{
    Window window = {.kernel = {1, extents[_i].kernel}, .stride = {1, extents[_i].stride},
                     .padding = {0, extents[_i].padding}, .dilation = {1, extents[_i].dilation}, .groups = 1,
                     .ceil_mode = extents[_i].ceil_mode};
    ck_assert_int_eq(window_extent(&window, 1, extents[_i].in), extents[_i].out);
    ck_assert_int_eq(window_extent(&window, 0, 9), 9);
}
END_TEST

START_TEST(window_extents_do_not_overflow)
{
    Window window = {.kernel = {INT32_MAX, 1}, .stride = {1, 1}, .padding = {0, INT32_MAX}, .dilation = {INT32_MAX, 1},
                     .groups = 1};
    ck_assert_int_eq(window_extent(&window, 0, INT32_MAX), 0);
    ck_assert_int_eq(window_extent(&window, 1, INT32_MAX), 3 * (int64_t)INT32_MAX);
}
END_TEST

START_TEST(shapes)
{
    Shape shape = shape_of(3, (int64_t[]){3, 32, 31});
    ck_assert_str_eq(shape_text(arena, shape), "3x32x31");
    ck_assert_str_eq(shape_text(arena, (Shape){0}), "1");
    ck_assert_int_eq(shape_count(shape), 3 * 32 * 31);
    ck_assert_int_eq(shape_count((Shape){0}), 1);
    ck_assert(shape_equal(shape, shape));
    ck_assert(!shape_equal(shape, shape_of(2, (int64_t[]){3, 32})));
    ck_assert(!shape_equal(shape, shape_of(3, (int64_t[]){3, 32, 32})));
}
END_TEST

static Value *input(int64_t count)
{
    return graph_value(&builder, OP_INPUT, "x", NULL, NULL, NULL, shape_of(1, &count), (Attributes){0});
}

static Value *relu(Value *x)
{
    return graph_value(&builder, OP_RELU, "relu_0", x, NULL, NULL, x->shape, (Attributes){0});
}

START_TEST(printing)
{
    Value *y = relu(input(4));
    relu(y);
    graph->output = y;
    graph_verify(graph, "test");
    Text out = text_new(arena);
    graph_print(&out, graph);
    ck_assert_str_eq(out.bytes, "%0 x : f32 [N,4] = input\n%1 relu_0 : f32 [N,4] = relu %0\n"
                                "%2 relu_0_2 : f32 [N,4] = relu %1\noutput %1\n");
}
END_TEST

START_TEST(verifier_refuses_a_wrong_shape)
{
    relu(input(4))->shape.dim[0] = 5;
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_a_wrong_type)
{
    relu(input(4))->type = TYPE_U8;
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_use_before_making)
{
    Value *y = relu(input(4)), *z = relu(y);
    y->producer->in[0] = z;
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_a_missing_input)
{
    relu(input(4))->producer->in[0] = NULL;
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_a_value_of_another_graph)
{
    Graph *other = graph_new(arena);
    Value *x = graph_value(&(Builder){.graph = other}, OP_INPUT, "x", NULL, NULL, NULL, shape_of(1, (int64_t[]){4}),
                           (Attributes){0});
    input(4);
    relu(x);
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_a_gradient_that_does_not_match)
{
    Value *x = input(4), *y = relu(x);
    x->gradient = y;
    graph_verify(graph, "test");
}
END_TEST

START_TEST(verifier_refuses_a_linear_layer_that_does_not_fit)
{
    Value *x = input(4);
    Value *w = graph_value(&builder, OP_PARAMETER, "0.weight", NULL, NULL, NULL, shape_of(2, (int64_t[]){3, 5}),
                           (Attributes){0});
    Parameter parameter = {.name = "0.weight"};
    w->parameter = &parameter;
    graph_value(&builder, OP_LINEAR, "linear_0", x, w, NULL, shape_of(1, (int64_t[]){3}), (Attributes){0});
    graph_verify(graph, "test");
}
END_TEST

static Value *weight(const Parameter *parameter)
{
    Value *w = graph_value(&builder, OP_PARAMETER, parameter->name, NULL, NULL, NULL, shape_of(2, (int64_t[]){4, 4}),
                           (Attributes){0});
    w->parameter = parameter;
    return w;
}

static Value *linear(Value *x, Value *w)
{
    return graph_value(&builder, OP_LINEAR, "linear", x, w, NULL, x->shape, (Attributes){0});
}

/* Ends the graph in the loss of y, and differentiates it. */
static void learn(Value *y)
{
    static const LossSettings mse = {.runtime = "nc_mse"};
    Value *t = graph_value(&builder, OP_TARGET, "t", NULL, NULL, NULL, y->shape, (Attributes){0});
    graph->output = y;
    graph->loss = graph_value(&builder, OP_LOSS, "loss", y, t, NULL, (Shape){0}, (Attributes){.loss = &mse});
    graph_verify(graph, "building");
    pass_autodiff(graph);
    graph_verify(graph, "autodiff");
}

START_TEST(rows_are_whole)
{
    static const char *const names[] = {
#define ENTER_NAME(NAME, name) #NAME,
        OPS(ENTER_NAME)
#undef ENTER_NAME
    };
    const OpInfo *info = op_info((OpKind)_i);
    ck_assert_str_eq(info->name, names[_i]);
    ck_assert_ptr_nonnull(info->formula);
    ck_assert_int_ge(op_output_count((OpKind)_i), 1);
    for (int k = 0; k < op_input_count((OpKind)_i); k++)
        ck_assert_str_ne(role_name(info->in[k].role), "");
}
END_TEST

START_TEST(values_have_roles)
{
    Parameter parameter = {.name = "0.weight"};
    Value *x = input(4), *w = weight(&parameter);
    const Op *op = linear(x, w)->producer;
    ck_assert_ptr_eq(op_in(op, ROLE_X), x);
    ck_assert_ptr_eq(op_in(op, ROLE_W), w);
    ck_assert_ptr_null(op_in(op, ROLE_BIAS));
    ck_assert_ptr_null(op_in(op, ROLE_STATS));
    ck_assert_ptr_eq(op_out(op, ROLE_Y), op->out[0]);
}
END_TEST

START_TEST(a_parameter_used_twice_learns_from_both)
{
    Parameter parameter = {.name = "0.weight"};
    Value *w = weight(&parameter);
    learn(linear(linear(input(4), w), w));
    const Value *sum = w->gradient;
    ck_assert_int_eq(sum->producer->kind, OP_ADD);
    ck_assert(!sum->batched);
    ck_assert_ptr_eq(sum->parameter, &parameter);
    for (int i = 0; i < 2; i++) {
        const Value *part = sum->producer->in[i];
        ck_assert_int_eq(part->producer->kind, OP_LINEAR_GRAD_WEIGHT);
        ck_assert_ptr_null(part->parameter);
    }
    /* in the order in which the backward pass comes by: the last use first */
    ck_assert_int_gt(sum->producer->in[0]->producer->in[1]->id, sum->producer->in[1]->producer->in[1]->id);
}
END_TEST

START_TEST(a_frozen_parameter_learns_nothing)
{
    Parameter frozen = {.name = "0.weight", .frozen = true}, learned = {.name = "1.weight"};
    Value *w = weight(&frozen), *v = weight(&learned);
    learn(linear(linear(input(4), w), v));
    ck_assert_ptr_null(w->gradient);
    ck_assert_ptr_eq(v->gradient->parameter, &learned);
}
END_TEST

static void add_gradients(Builder *to, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    ck_assert(wanted[0]);
    ck_assert(dy[0] || dy[1]);
    dx[0] = dy[0] && dy[1] ? gradient_value(to, OP_ADD, op->in[0], dy[0], dy[1], op->attr) : dy[0] ? dy[0] : dy[1];
}

/* x, twice. */
static const OpInfo twice = {
    .name = "TWICE", .formula = "y = v = x", .in = {{ROLE_X, BATCHED}}, .out = {{ROLE_Y, BATCHED}, {ROLE_V, BATCHED}},
    .gradient = add_gradients,
};

static Op *make_twice(Value *x)
{
    Op *op = graph_op(&builder, OP_DROPOUT_CHANNELS, "twice", &x, (Shape[]){x->shape, x->shape}, (Attributes){0});
    op->info = &twice;
    return op;
}

START_TEST(every_output_may_have_a_gradient)
{
    Parameter parameter = {.name = "0.weight"};
    Value *h = linear(input(4), weight(&parameter));
    Op *op = make_twice(h);
    Value *y = relu(op->out[1]);
    learn(graph_value(&builder, OP_ADD, "sum", op->out[0], y, NULL, y->shape, (Attributes){0}));
    ck_assert_int_eq(op->out[1]->gradient->producer->kind, OP_RELU_GRAD);
    ck_assert_int_eq(h->gradient->producer->kind, OP_ADD);
    ck_assert_ptr_eq(h->gradient->producer->in[0], op->out[0]->gradient);
    ck_assert_ptr_eq(h->gradient->producer->in[1], op->out[1]->gradient);
}
END_TEST

START_TEST(an_output_that_is_not_the_first_may_be_the_only_one)
{
    Parameter parameter = {.name = "0.weight"};
    Value *h = linear(input(4), weight(&parameter));
    Op *op = make_twice(h);
    learn(relu(op->out[1]));
    ck_assert_ptr_null(op->out[0]->gradient);
    ck_assert_ptr_eq(h->gradient, op->out[1]->gradient);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *core = tcase_create("core"), *limits = tcase_create("limits"), *verifier = tcase_create("verifier");
    TCase *gradients = tcase_create("gradients");
    tcase_add_checked_fixture(gradients, setup, teardown);
    tcase_add_checked_fixture(core, setup, teardown);
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_checked_fixture(verifier, setup, teardown);
    tcase_add_loop_test(core, window_extents, 0, sizeof extents / sizeof extents[0]);
    tcase_add_test(core, shapes);
    tcase_add_test(core, printing);
    tcase_add_loop_test(core, rows_are_whole, 0, OP_COUNT);
    tcase_add_test(core, values_have_roles);
    tcase_add_test(gradients, a_parameter_used_twice_learns_from_both);
    tcase_add_test(gradients, a_frozen_parameter_learns_nothing);
    tcase_add_test(gradients, every_output_may_have_a_gradient);
    tcase_add_test(gradients, an_output_that_is_not_the_first_may_be_the_only_one);
    tcase_add_test(limits, window_extents_do_not_overflow);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_wrong_shape, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_wrong_type, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_use_before_making, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_missing_input, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_value_of_another_graph, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_gradient_that_does_not_match, SIGABRT);
    tcase_add_test_raise_signal(verifier, verifier_refuses_a_linear_layer_that_does_not_fit, SIGABRT);
    suite_add_tcase(suite, core);
    suite_add_tcase(suite, limits);
    suite_add_tcase(suite, verifier);
    suite_add_tcase(suite, gradients);
    return run_suite(suite);
}

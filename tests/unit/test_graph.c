/* Graph: extents of windows as torch gives them, shapes, names, and what the verifier refuses. */
#include <signal.h>
#include <stdlib.h>

#include "graph/graph.h"
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

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *core = tcase_create("core"), *limits = tcase_create("limits"), *verifier = tcase_create("verifier");
    tcase_add_checked_fixture(core, setup, teardown);
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_checked_fixture(verifier, setup, teardown);
    tcase_add_loop_test(core, window_extents, 0, sizeof extents / sizeof extents[0]);
    tcase_add_test(core, shapes);
    tcase_add_test(core, printing);
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
    return run_suite(suite);
}

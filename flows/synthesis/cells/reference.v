// What the cells of hdl.column_cells.ColumnCells compute, for every target the same: what their netlists are compared with.
module agreement_counter #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS-1:0] bits, input [WORDS*LANES-1:0] words, output reg [PLANES*LANES-1:0] count);
  reg [PLANES-1:0] total;
  integer lane, k;
  always @* for (lane = 0; lane < LANES; lane = lane + 1) begin
    total = 0;
    for (k = 0; k < WORDS; k = k + 1) total = total + (bits[k] == words[k*LANES+lane]);
    for (k = 0; k < PLANES; k = k + 1) count[k*LANES+lane] = total[k];
  end
endmodule

module agreement_adder #(parameter WIDTH = 1, LANES = 1)
  (input [WIDTH*LANES-1:0] a, b, input x, input [LANES-1:0] w, output reg [(WIDTH+1)*LANES-1:0] sum);
  reg [WIDTH-1:0] p, q;
  reg [WIDTH:0] total;
  integer lane, k;
  always @* for (lane = 0; lane < LANES; lane = lane + 1) begin
    for (k = 0; k < WIDTH; k = k + 1) begin
      p[k] = a[k*LANES+lane];
      q[k] = b[k*LANES+lane];
    end
    total = p + q + (x == w[lane]);
    for (k = 0; k <= WIDTH; k = k + 1) sum[k*LANES+lane] = total[k];
  end
endmodule

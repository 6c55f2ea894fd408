// Counting on Xilinx 7: hdl.agreement_counter, and hdl.adder with an agreement. A LUT gives two functions of five inputs,
// and so the sum and the carry of a full adder, even of one that compares two of its three bits first.

module agreement_counter #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS-1:0] bits, input [WORDS*LANES-1:0] words, output [PLANES*LANES-1:0] count);
  localparam FIRST = WORDS % 2 ? 1 : 2;
  localparam CARRIES = WORDS / 2;
  genvar lane, k;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WORDS-1:0] w;
      wire [WORDS:0] parity;
      wire [CARRIES:0] carry;
      for (k = 0; k < WORDS; k = k + 1) begin : word
        assign w[k] = words[k*LANES+lane];
      end
      if (FIRST == 1) begin : odd
        assign parity[1] = ~(bits[0] ^ w[0]);
      end else begin : even
        LUT6_2 #(.INIT(64'h90099009_69966996)) add (
          .I0(bits[0]), .I1(w[0]), .I2(bits[1]), .I3(w[1]), .I4(1'b0), .I5(1'b1), .O5(parity[2]), .O6(carry[0]));
      end
      for (k = FIRST; k + 1 < WORDS; k = k + 2) begin : pair
        LUT6_2 #(.INIT(64'hF99F9009_96696996)) add (
          .I0(bits[k]), .I1(w[k]), .I2(bits[k+1]), .I3(w[k+1]), .I4(parity[k]), .I5(1'b1),
          .O5(parity[k+2]), .O6(carry[k/2]));
      end
      assign count[lane] = parity[WORDS];
    end
    if (CARRIES > 0) begin : rest
      wire [CARRIES*LANES-1:0] carries;
      for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes_
        for (k = 0; k < CARRIES; k = k + 1) begin : carry
          assign carries[k*LANES+lane] = lanes[lane].carry[k];
        end
      end
      xilinx_ones #(.WORDS(CARRIES), .LANES(LANES)) ones (.words(carries), .count(count[PLANES*LANES-1:LANES]));
    end
  endgenerate
endmodule

module agreement_adder #(parameter WIDTH = 1, LANES = 1)
  (input [WIDTH*LANES-1:0] a, b, input x, input [LANES-1:0] w, output [(WIDTH+1)*LANES-1:0] sum);
  genvar lane, plane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      wire [WIDTH:1] carry;
      LUT6_2 #(.INIT(64'hF990F990_96699669)) low (
        .I0(x), .I1(w[lane]), .I2(a[lane]), .I3(b[lane]), .I4(1'b0), .I5(1'b1), .O5(sum[lane]), .O6(carry[1]));
      for (plane = 1; plane < WIDTH; plane = plane + 1) begin : planes
        LUT6_2 #(.INIT(64'hE8E8E8E8_96969696)) full (
          .I0(a[plane*LANES+lane]), .I1(b[plane*LANES+lane]), .I2(carry[plane]), .I3(1'b0), .I4(1'b0), .I5(1'b1),
          .O5(sum[plane*LANES+lane]), .O6(carry[plane+1]));
      end
      assign sum[WIDTH*LANES+lane] = carry[WIDTH];
    end
  endgenerate
endmodule

// Ones in any number of words.
module xilinx_ones #(parameter WORDS = 1, LANES = 1, PLANES = $clog2(WORDS + 1))
  (input [WORDS*LANES-1:0] words, output [PLANES*LANES-1:0] count);
  localparam HALF = (1 << (PLANES - 1)) - 1;
  localparam REST = WORDS - 1 - HALF;
  generate
    if (WORDS == 1) begin : one
      assign count = words;
    end else if (WORDS == 2) begin : two
      assign count = {words[LANES-1:0] & words[LANES +: LANES], words[LANES-1:0] ^ words[LANES +: LANES]};
    end else begin : many
      wire [(PLANES-1)*LANES-1:0] low, high;
      xilinx_ones #(.WORDS(HALF), .LANES(LANES)) left (.words(words[HALF*LANES-1:0]), .count(low));
      if (REST > 0) begin : some
        wire [$clog2(REST+1)*LANES-1:0] narrow;
        xilinx_ones #(.WORDS(REST), .LANES(LANES)) right (.words(words[HALF*LANES +: REST*LANES]), .count(narrow));
        assign high = narrow;
      end else begin : none
        assign high = 0;
      end
      // A word agrees with a bit of 1 where it is 1.
      agreement_adder #(.WIDTH(PLANES-1), .LANES(LANES)) add (
        .a(low), .b(high), .x(1'b1), .w(words[(WORDS-1)*LANES +: LANES]), .sum(count));
    end
  endgenerate
endmodule

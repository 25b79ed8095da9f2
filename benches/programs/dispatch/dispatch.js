// Dynamic dispatch: two methods over an array that mixes five shapes.
"use strict";

const SHAPES = 1_000;
const ROUNDS = 10_000;
const PI = 3.141592653589793;

class Circle {
  constructor(radius) {
    this.radius = radius;
  }
  area() {
    return PI * this.radius * this.radius;
  }
  corners() {
    return 0;
  }
}

class Square {
  constructor(side) {
    this.side = side;
  }
  area() {
    return this.side * this.side;
  }
  corners() {
    return 4;
  }
}

class Rectangle {
  constructor(width, height) {
    this.width = width;
    this.height = height;
  }
  area() {
    return this.width * this.height;
  }
  corners() {
    return 4;
  }
}

class Triangle {
  constructor(base, height) {
    this.base = base;
    this.height = height;
  }
  area() {
    return 0.5 * this.base * this.height;
  }
  corners() {
    return 3;
  }
}

class Diamond {
  constructor(across, along) {
    this.across = across;
    this.along = along;
  }
  area() {
    return 0.5 * this.across * this.along;
  }
  corners() {
    return 4;
  }
}

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

function makeShape(lcg) {
  const a = (1 + lcg.draw(100)) / 8.0;
  const b = (1 + lcg.draw(100)) / 8.0;
  switch (lcg.draw(5)) {
    case 0:
      return new Circle(a);
    case 1:
      return new Square(a);
    case 2:
      return new Rectangle(a, b);
    case 3:
      return new Triangle(a, b);
    default:
      return new Diamond(a, b);
  }
}

const lcg = new Lcg(42);
const shapes = Array.from({ length: SHAPES }, () => makeShape(lcg));
let totalArea = 0.0;
let totalCorners = 0;
for (let round = 0; round < ROUNDS; round++) {
  for (const shape of shapes) {
    totalArea += shape.area();
    totalCorners += shape.corners();
  }
}
console.log(`area ${totalArea.toFixed(3)}, corners ${totalCorners}`);

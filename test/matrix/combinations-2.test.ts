import { describeCombinations } from './combinations.js';

describeCombinations(1, 2);
